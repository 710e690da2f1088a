/** Where a time without an offset was written. */
export interface TimeZone {
  /** The offset, such as +02:00, that holds there at a local time (YYYY-MM-DD HH:mm:ss). */
  offsetAt(local: string): string;
}

export const UTC: TimeZone = { offsetAt: () => "+00:00" };

/** Whether there is a time zone of this name (IANA). */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/**
 * The time zone of an IANA name. A time that a change of clocks skips or repeats is read with the offset that held before
 * the change.
 */
export function timeZoneOf(name: string): TimeZone {
  if (name === "UTC") return UTC;
  const format = formatOf(name);
  const minutesAt = (instant: number): number => {
    const part = format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?/.exec(part) ?? [];
    return sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  };
  const DAY_MS = 86_400_000;
  return {
    offsetAt(local) {
      const instant = Date.parse(`${local.replace(" ", "T")}Z`);
      if (Number.isNaN(instant)) return "+00:00";
      // Offsets change at most once in two days: the earlier of the two holds unless the later one explains the time.
      const before = minutesAt(instant - DAY_MS);
      const after = minutesAt(instant + DAY_MS);
      const isBefore = minutesAt(instant - before * 60_000) === before;
      const isAfter = minutesAt(instant - after * 60_000) === after;
      return written(isBefore || !isAfter ? before : after);
    },
  };
}

function formatOf(name: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
}

function written(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
