import { parseInstant } from "../../protocol/instant.js";
import type { MappingEntry } from "../config.js";
import { type Coerced, coerce, fits } from "./coercion.js";
import { phone } from "./phone.js";

/** Changes a value that is not empty, or says in a word why it cannot. */
export type Transform = (value: unknown) => Coerced;

type TransformName = NonNullable<MappingEntry["transform"]>[number];

const ok = (value: unknown): Coerced => ({ ok: true, value });
const no = (reason: string): Coerced => ({ ok: false, reason });

/** A transform of texts; numbers and booleans are written out first. Of a list, every element is transformed. */
function ofText(change: (text: string) => Coerced): Transform {
  return (value) => {
    if (!Array.isArray(value)) {
      const text = coerce(value, "string");
      return text.ok ? change(text.value as string) : text;
    }
    const texts = coerce(value, "string");
    if (!texts.ok) return texts;
    const changed: unknown[] = [];
    for (const text of texts.value as string[]) {
      const one = change(text);
      if (!one.ok) return one;
      if (Array.isArray(one.value)) changed.push(...one.value);
      else if (one.value !== "") changed.push(one.value);
    }
    return ok(changed);
  };
}

/**
 * Compiles one transform with the parameters that its entry gives. `sha256` hashes the text trimmed and in lower case,
 * as advertising platforms expect it.
 */
export function compileTransform(
  name: TransformName,
  entry: MappingEntry,
  sha256: (text: string) => string,
): Transform {
  switch (name) {
    case "trim":
      return ofText((text) => ok(text.trim()));
    case "lower":
      return ofText((text) => ok(text.toLowerCase()));
    case "upper":
      return ofText((text) => ok(text.toUpperCase()));
    case "title":
      return ofText((text) =>
        ok(text.toLowerCase().replace(/(?<![\p{L}\p{M}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase())),
      );
    case "first_name":
      return ofText((text) => ok(firstName(text)));
    case "last_name":
      return ofText((text) => ok(lastName(text)));
    case "digits":
      return ofText((text) => ok(text.replace(/\D/g, "")));
    case "phone":
      return ofText((text) => phone(text, entry.phone_country));
    case "date":
      return ofText(
        entry.date_format === undefined ? (text) => coerce(text, "date") : dateParser(entry.date_format),
      );
    case "boolean":
      return ofText(boolean);
    case "split":
      return ofText((text) =>
        ok(
          text
            .split(entry.separator ?? ",")
            .map((part) => part.trim())
            .filter((part) => part !== ""),
        ),
      );
    case "sha256":
      return ofText((text) => ok(sha256(text.trim().toLowerCase())));
  }
}

/** White space that is not a single blank. */
const UNEVEN_SPACE = /[^\S ]|\s\s/u;

/** The first word of a name. */
export function firstName(name: string): string {
  const text = name.trim();
  const end = text.search(/\s/u);
  return end === -1 ? text : text.slice(0, end);
}

/** All words of a name but the first; empty for a single word. */
export function lastName(name: string): string {
  const text = name.trim();
  const end = text.search(/\s/u);
  if (end === -1) return "";
  const rest = text.slice(end).trimStart();
  return UNEVEN_SPACE.test(rest) ? rest.replace(/\s+/gu, " ") : rest;
}

const YES = new Set(["true", "yes", "y", "on", "1"]);
const NO = new Set(["false", "no", "n", "off", "0"]);

function boolean(text: string): Coerced {
  const word = text.trim().toLowerCase();
  return YES.has(word) ? ok(true) : NO.has(word) ? ok(false) : no("not_a_boolean");
}

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

/** Two digits of a year above this are of the 20th century (POSIX, strptime). */
const LAST_SHORT_YEAR = 68;

/** Whether a date format has a year, a month and a day, each once, and no letter that means nothing. */
export function isDateFormat(format: string): boolean {
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

function dateParser(format: string): (text: string) => Coerced {
  const pattern = format.replace(
    /YYYY|YY|MM|M|DD|D|HH|mm|ss|[^A-Za-z0-9]/g,
    (part) => TOKENS[part] ?? `\\${part}`,
  );
  const regex = new RegExp(`^${pattern}$`);
  return (text) => {
    const groups = regex.exec(text.trim())?.groups;
    if (!groups) return no("not_a_date");
    const { year, short, month = "", day = "", hour, minute = "00", second = "00" } = groups;
    const date = `${year ?? `${Number(short) > LAST_SHORT_YEAR ? 19 : 20}${short}`}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const written = hour === undefined ? date : `${date} ${hour}:${minute}:${second} +00:00`;
    return parseInstant(written) && fits(written, "date") ? ok(written) : no("not_a_date");
  };
}
