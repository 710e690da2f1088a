/** A moment with the nanoseconds that `Date` would cut off. */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9})\d*)?)?\s*([Zz]|[+-]\d\d:?\d\d)?$/;
/** No timestamp is longer, whatever its precision and the space around it. */
const MOST_CHARACTERS = 1000;

/** What nearly every timestamp looks like: read by its places, which takes a fraction of the time that groups do. */
const USUAL = /^[1-9]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

/**
 * Reads an RFC 3339 timestamp of any precision, or a plain date; without an offset it is taken as UTC.
 * Undefined for anything else: text in other forms is not guessed at, and 30 February is no day.
 */
export function parseInstant(value: unknown): Instant | undefined {
  if (typeof value !== "string") return undefined;
  if (USUAL.test(value)) return readUsual(value);
  const match = value.length > MOST_CHARACTERS ? null : TIMESTAMP.exec(value.trim());
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

function readUsual(text: string): Instant | undefined {
  const month = numberAt(text, 5, 7);
  const day = numberAt(text, 8, 10);
  if (month < 1 || month > 12 || day < 1 || (day > 28 && !isCalendarDay(text.slice(0, 10)))) return undefined;
  const time = numberAt(text, 11, 13) * 3600 + numberAt(text, 14, 16) * 60 + numberAt(text, 17, 19);
  const fraction = text.length - 1 - 20;
  return {
    seconds: Date.UTC(numberAt(text, 0, 4), month - 1, day) / 1000 + time,
    nanos: fraction > 0 ? numberAt(text, 20, 20 + fraction) * (NANOS[fraction] as number) : 0,
  };
}

/** How many nanoseconds the last of so many digits of a fraction counts. */
const NANOS = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 100, 10, 1];

/** The number that the digits of a text make, from one place up to another. */
function numberAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
}

/** Date.parse takes 30 February for 1 March. Only the last days of a month can be none. */
function isCalendarDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00Z`);
  return (
    Number(date.slice(8)) <= 28 ||
    (!Number.isNaN(midnight.getTime()) && midnight.toISOString().slice(0, 10) === date)
  );
}

/** Negative when `a` is earlier than `b`, positive when it is later, 0 at the same nanosecond. */
export function compareInstants(a: Instant, b: Instant): number {
  return a.seconds - b.seconds || a.nanos - b.nanos;
}

/** The moment in milliseconds since 1970, cut to whole milliseconds. */
export function instantToMs(instant: Instant): number {
  return instant.seconds * 1000 + Math.floor(instant.nanos / 1e6);
}
