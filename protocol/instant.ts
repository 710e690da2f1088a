/** A moment with the nanoseconds that `Date` would cut off. */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

const TIMESTAMP =
  /^\s*(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9})\d*)?)?\s*([Zz]|[+-]\d\d:?\d\d)?\s*$/;

/**
 * Reads an RFC 3339 timestamp of any precision, or a plain date; without an offset it is taken as UTC.
 * Undefined for anything else: text in other forms is not guessed at, and 30 February is no day.
 */
export function parseInstant(value: unknown): Instant | undefined {
  if (typeof value !== "string") return undefined;
  const match = TIMESTAMP.exec(value);
  if (!match) return undefined;
  const [, date, time = "00:00", fraction = "", zone = "Z"] = match;
  const offset = /^[zZ]$/.test(zone)
    ? "Z"
    : zone.length === 5
      ? `${zone.slice(0, 3)}:${zone.slice(3)}`
      : zone;
  const milliseconds = Date.parse(`${date}T${time.length === 5 ? `${time}:00` : time}${offset}`);
  if (Number.isNaN(milliseconds) || !isCalendarDay(date as string)) return undefined;
  return { seconds: milliseconds / 1000, nanos: Number(fraction.padEnd(9, "0")) };
}

/** Date.parse takes 30 February for 1 March. Only the last days of a month can be none. */
function isCalendarDay(date: string): boolean {
  return Number(date.slice(8)) <= 28 || new Date(`${date}T00:00Z`).toISOString().slice(0, 10) === date;
}

/** Negative when `a` is earlier than `b`, positive when it is later, 0 at the same nanosecond. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

/** The moment in milliseconds since 1970, cut to whole milliseconds. */
export function instantToMs(instant: Instant): number {
  return instant.seconds * 1000 + Math.floor(instant.nanos / 1e6);
}
