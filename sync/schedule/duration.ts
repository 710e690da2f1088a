const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The ms in a text such as 30m, 6h or 1d; undefined for anything else, and for less than a minute. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})\s*(m|h|d)$/.exec(text.trim()) ?? [];
  const ms = Number(count) * UNITS[unit as keyof typeof UNITS];
  return ms >= UNITS.m ? ms : undefined;
}
