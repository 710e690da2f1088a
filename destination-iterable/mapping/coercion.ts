import { parseInstant } from "../../protocol/instant.js";
import { isJsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import type { FieldType } from "../iterable/field-types.js";

import { type TimeZone, UTC } from "./dates/time-zone.js";
import { foldedWord, isEmpty, trimmed } from "./text.js";
import { answerOf } from "./written/answers.js";
import { numeral } from "./written/numerals.js";

/** A value of the type that was asked for, or a word for why there is none. */
export type Coerced =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: LostReason };

/** Iterable keeps about 32,000 characters of a value (help center). */
export const MAX_CHARACTERS = 32_000;
/** Objects nested deeper than this are refused before anything walks into them. */
const MAX_DEPTH = 32;
const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Numbers, dates and words of agreement are no longer than this. */
const MAX_WORD = 400;
/** The forms of dates that Iterable reads (help center): what is already so is not touched. */
const ITERABLE_DATE =
  /^\d{4}-\d\d-\d\d( ([01]\d|2[0-3]):\d\d:\d\d( [+-]\d\d:\d\d)?|T([01]\d|2[0-3]):\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d))?$/;
/** A time in UTC as most services write it: Iterable's own form has the same digits at other places. */
const UTC_TIME = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?Z$/;
/** A time without an offset. */
const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)[Tt ]((?:[01]\d|2[0-3]):\d\d)(?::(\d\d))?(?:[.,]\d+)?$/;
/** The length of a time in UTC with three digits of a fraction, which Iterable reads too. */
const IN_MILLISECONDS = 24;

const ok = (value: unknown): Coerced => ({ ok: true, value });
const no = (reason: LostReason): Coerced => ({ ok: false, reason });

/**
 * The value as Iterable takes it for a field of this type, where that changes nothing about what it says: "42" becomes
 * 42, and 3.5 does not become a long. All of Iterable's types may be lists: of a list every element is coerced, and
 * one that cannot be costs the whole; nulls and blank texts in it are left out. Null itself is not a value and has to be
 * dealt with before. A time without an offset was written in the zone.
 */
export function coerce(value: unknown, type: FieldType, zone: TimeZone = UTC): Coerced {
  if (!Array.isArray(value) || type === "unknown") return COERCIONS[type](value, zone);
  const items: unknown[] = [];
  for (const item of value) {
    if (isEmpty(item) && !Array.isArray(item)) continue;
    if (Array.isArray(item)) return no("nested_list");
    const coerced = COERCIONS[type](item, zone);
    if (!coerced.ok) return coerced;
    items.push(coerced.value);
  }
  return items.length === 0 && value.length > 0 ? no("empty") : ok(items);
}

/**
 * Whether a field that Iterable does not have gets this type from the value, if it is the first: a whole number makes a
 * long, a text that looks like a date makes a date, and neither can ever be changed ("Project field types", help center).
 */
export function founds(value: unknown, type: FieldType): boolean {
  const first = Array.isArray(value) ? value[0] : value;
  switch (type) {
    case "double":
      return typeof first === "number" && !Number.isInteger(first);
    case "string":
      return typeof first === "string" && !ITERABLE_DATE.test(first.slice(0, MAX_WORD));
    default:
      return true;
  }
}

/**
 * Whether Iterable takes the value for a field of this type as it stands, and for what it means: a time without an offset
 * is UTC to Iterable, so that one of another zone does not fit.
 */
export function fits(value: unknown, type: FieldType, zone: TimeZone = UTC): boolean {
  if (Array.isArray(value) && type !== "unknown")
    return value.every((item) => !Array.isArray(item) && fitsOne(item, type, zone));
  return fitsOne(value, type, zone);
}

function fitsOne(value: unknown, type: FieldType, zone: TimeZone): boolean {
  switch (type) {
    case "string":
      return typeof value === "string" && value.length <= MAX_CHARACTERS;
    case "long":
      return Number.isSafeInteger(value);
    case "double":
      return typeof value === "number" && Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "date":
      return (
        typeof value === "string" &&
        ITERABLE_DATE.test(value) &&
        parseInstant(value) !== undefined &&
        (zone === UTC || !LOCAL_TIME.test(value))
      );
    case "object":
    case "nested":
    case "geo_location":
    case "unknown":
      return COERCIONS[type](value, UTC).ok;
  }
}

const COERCIONS: { readonly [type in FieldType]: (value: unknown, zone: TimeZone) => Coerced } = {
  string(value) {
    switch (typeof value) {
      case "string":
        return value.length > MAX_CHARACTERS ? no("too_long") : ok(trimmed(value));
      case "number":
        if (!Number.isFinite(value)) return no("not_a_number");
        // The digits of such an integer were lost when its JSON was parsed.
        return Number.isInteger(value) && !Number.isSafeInteger(value) ? no("too_large") : ok(String(value));
      case "boolean":
        return ok(String(value));
      default:
        return no("not_text");
    }
  },
  long(value) {
    if (typeof value === "string") {
      const text = trimmed(value);
      if (text === "") return no("empty");
      if (text.length > MAX_WORD) return no("not_an_integer");
      const digits = INTEGER.test(text) ? text : numeral(text);
      if (digits === undefined || !INTEGER.test(digits)) return no("not_an_integer");
      return Number.isSafeInteger(Number(digits)) ? ok(Number(digits)) : no("too_large");
    }
    if (typeof value !== "number" || !Number.isInteger(value)) return no("not_an_integer");
    return Number.isSafeInteger(value) ? ok(value) : no("too_large");
  },
  double(value) {
    if (typeof value === "string") {
      const text = trimmed(value);
      if (text === "") return no("empty");
      if (text.length > MAX_WORD) return no("not_a_number");
      const number = Number(DECIMAL.test(text) ? text : (numeral(text) ?? Number.NaN));
      return Number.isFinite(number) ? ok(number) : no("not_a_number");
    }
    return typeof value === "number" && Number.isFinite(value) ? ok(value) : no("not_a_number");
  },
  boolean(value) {
    if (typeof value === "boolean") return ok(value);
    if (typeof value !== "string" && typeof value !== "number") return no("not_a_boolean");
    if (String(value).length > MAX_WORD) return no("not_a_boolean");
    const text = foldedWord(value);
    if (text === "") return no("empty");
    const answer = answerOf(text);
    return answer === undefined ? no("not_a_boolean") : ok(answer);
  },
  date(value, zone) {
    // A number may count seconds or milliseconds: that is not guessed at.
    if (typeof value !== "string") return no("not_a_date");
    const text = trimmed(value);
    if (text === "") return no("empty");
    const instant = text.length > MAX_WORD ? undefined : parseInstant(text);
    if (!instant) return no("not_a_date");
    if (zone !== UTC && LOCAL_TIME.test(text)) return localTime(text, zone);
    if (text.length !== IN_MILLISECONDS && UTC_TIME.test(text))
      return ok(`${text.slice(0, 10)} ${text.slice(11, 19)} +00:00`);
    if (ITERABLE_DATE.test(text)) return ok(text);
    const iso = new Date(instant.seconds * 1000).toISOString();
    // Years before 0 and after 9999, which an offset can lead to, are written with a sign.
    return /^\d{4}-/.test(iso) ? ok(`${iso.slice(0, 10)} ${iso.slice(11, 19)} +00:00`) : no("not_a_date");
  },
  object: (value) => (isJsonObject(value) ? sound(value) : no("not_an_object")),
  nested: (value) => (isJsonObject(value) ? sound(value) : no("not_an_object")),
  geo_location(value) {
    if (!isJsonObject(value)) return no("not_a_location");
    const { lat, lon } = value;
    const within = (angle: unknown, most: number) => typeof angle === "number" && Math.abs(angle) <= most;
    return within(lat, 90) && within(lon, 180) ? ok(value) : no("not_a_location");
  },
  unknown(value) {
    if (value === null || value === undefined) return no("empty");
    return typeof value === "string" ? COERCIONS.string(value, UTC) : sound(value);
  },
};

/** A time that says no offset, with the one that it has in its zone. */
function localTime(text: string, zone: TimeZone): Coerced {
  const [, date, minutes, seconds = "00"] = LOCAL_TIME.exec(text) ?? [];
  const local = `${date} ${minutes}:${seconds}`;
  return ok(`${local} ${zone.offsetAt(local)}`);
}

function sound(value: unknown): Coerced {
  const reason = flaw(value, 0);
  return reason === undefined ? ok(value) : no(reason);
}

/** What Iterable would not take, or JSON would turn into null, at any depth. */
function flaw(value: unknown, depth: number): LostReason | undefined {
  if (typeof value === "string") return value.length > MAX_CHARACTERS ? "too_long" : undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "not_a_number";
  if (typeof value !== "object" || value === null) return undefined;
  if (depth > MAX_DEPTH) return "too_deep";
  for (const inner of Object.values(value)) {
    const reason = flaw(inner, depth + 1);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
