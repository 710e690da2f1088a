import { parseInstant } from "../../../protocol/instant.js";
import { type Coerced, coerce, fits } from "../coercion.js";
import { trimmed } from "../text.js";
import { plain } from "../written/plain.js";
import type { TimeZone } from "./time-zone.js";

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: "(?<year>\\d{4})",
  YY: "(?<short>\\d{2})",
  MM: "(?<month>\\d{2})",
  M: "(?<month>\\d{1,2})",
  DD: "(?<day>\\d{2})",
  D: "(?<day>\\d{1,2})",
  HH: "(?<hour>\\d{2})",
  mm: "(?<minute>\\d{2})",
  ss: "(?<second>\\d{2})",
};

/** A date is no longer than this, whatever its format. */
const MOST_CHARACTERS = 100;
const NO_DATE: Coerced = { ok: false, reason: "not_a_date" };
/** How far a year of two digits may lie ahead where the date is nobody's birth (as in Java's SimpleDateFormat). */
const YEARS_AHEAD = 20;

/** Names of fields that hold a date of birth, in the languages that forms are written in. */
const BIRTH =
  /birth|born|\bdob\b|^dob|bday|geburt|geboren|naissance|nacimiento|nascita|nascimento|geboorte|f[øo]dsel|f[öo]delse|syntym|urodz|narozen|doğum|dogum|sinh|lahir|рожд|народ|γέννησ|生日|出生|生年月日|誕生|생일|생년|ميلاد|لادت|לידה|जन्म/iu;

/** Whether a field of this name holds a date of birth, which never lies in the future. */
export function isBirth(...names: readonly (string | undefined)[]): boolean {
  return names.some(
    (name) => name !== undefined && BIRTH.test(name.slice(0, 1000).replace(/([a-z])([A-Z])/g, "$1 $2")),
  );
}

/** Whether a date format has a year, a month and a day, each once, and no letter that means nothing. */
export function isDateFormat(format: string): boolean {
  if (format.length > MOST_CHARACTERS) return false;
  const tokens: readonly string[] = format.match(/YYYY|YY|MM|M|DD|D|HH|mm|ss/g) ?? [];
  if (/[A-Za-z0-9]/.test(format.replace(/YYYY|YY|MM|M|DD|D|HH|mm|ss|[TZ]/g, ""))) return false;
  const times = ["HH", "mm", "ss"].map((token) => tokens.includes(token));
  if ((times[1] && !times[0]) || (times[2] && !times[1])) return false;
  const kinds = tokens.map((token) => (token.startsWith("Y") ? "Y" : token[0]));
  return (
    ["Y", "M", "D"].every((kind) => kinds.filter((found) => found === kind).length === 1) &&
    new Set(tokens).size === tokens.length
  );
}

/**
 * Reads dates of this format, and ISO dates, as Iterable writes them; a time in the zone. Of a year of two digits the century is chosen so
 * that it is over for a birth, and at most 20 years ahead for anything else. `today`: YYYY-MM-DD.
 */
export function dateReader(
  format: string | undefined,
  { zone, today, isPast }: { readonly zone: TimeZone; readonly today: string; readonly isPast: boolean },
): (text: string) => Coerced {
  if (format === undefined) return (text) => coerce(text, "date", zone);
  const regex = new RegExp(`^${patternOf(plain(format))}$`);
  // What is an ISO date already is no other; only a format that begins with the year might mean another order.
  const readsIso = !format.startsWith("YYYY");
  return (given) => {
    const text = trimmed(given);
    const written = text.length > MOST_CHARACTERS ? "" : plain(text);
    const groups = regex.exec(written)?.groups;
    if (!groups) return readsIso ? coerce(text, "date", zone) : NO_DATE;
    // Digits of other scripts may count the years of another calendar: 1405 in Iran, 2569 in Thailand.
    if (written !== text && groups.year !== undefined && !/^(?:19|20)/.test(groups.year)) return NO_DATE;
    const { year, short, month = "", day = "", hour, minute = "00", second = "00" } = groups;
    const behind = `-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const date = `${year ?? yearOf(short ?? "", behind, today, isPast)}${behind}`;
    const two = (digits: string) => digits.padStart(2, "0");
    const local = hour === undefined ? date : `${date} ${two(hour)}:${two(minute)}:${two(second)}`;
    const value = hour === undefined ? date : `${local} ${zone.offsetAt(local)}`;
    return parseInstant(value) && fits(value, "date") ? { ok: true, value } : NO_DATE;
  };
}

/**
 * A day or month has one digit or two where a separator ends it, whatever the format says: people do not fill up with
 * zeros. Nor do they agree on spaces around separators, or on a dot at the end.
 */
function patternOf(format: string): string {
  const parts: readonly string[] = format.match(/YYYY|YY|MM|M|DD|D|HH|mm|ss|[TZ]|[^A-Za-z0-9]+/g) ?? [];
  const isToken = (part: string | undefined) => part !== undefined && Object.hasOwn(TOKENS, part);
  const pattern = parts.map((part, index) => {
    const token = TOKENS[part];
    if (token === undefined) return /^[TZ]$/.test(part) ? part : separatorOf(part);
    const isApart = !isToken(parts[index - 1]) && !isToken(parts[index + 1]);
    return isApart && part !== "YY" ? token.replace("\\d{2}", "\\d{1,2}") : token;
  });
  return `${pattern.join("")}${format.includes(".") ? "\\.?" : ""}`;
}

const separatorOf = (part: string) =>
  part.trim() === ""
    ? "\\s+"
    : `\\s*${[...part.replace(/\s/g, "")].map((sign) => `\\${sign}`).join("\\s*")}\\s*`;

/** The latest year with these two last digits in which the day is not too far ahead. */
function yearOf(short: string, behind: string, today: string, isPast: boolean): string {
  const latest = `${Number(today.slice(0, 4)) + (isPast ? 0 : YEARS_AHEAD)}${today.slice(4)}`;
  const century = Number(latest.slice(0, 2));
  return `${century}${short}${behind}` <= latest ? `${century}${short}` : `${century - 1}${short}`;
}
