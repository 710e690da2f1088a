import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from "libphonenumber-js/min";
import type { Coerced } from "./coercion.js";
import { trimmed } from "./text.js";
import { plain } from "./written/plain.js";

/** Numbers of a country have more digits so rarely that the country's own code is the likelier beginning. */
const LONGEST_AT_HOME = 11;

/** The number in E.164, which is how Iterable wants it. Without a country it has to begin with a plus sign. */
export function phone(text: string, country: string | undefined): Coerced {
  const defaultCountry = country?.toUpperCase() as CountryCode | undefined;
  // extract: false, or a number would be picked out of a sentence.
  const options = { ...(defaultCountry && { defaultCountry }), extract: false };
  const written = plain(trimmed(text)).replace(/^tel:\s*/i, "");
  const parsed = parsePhoneNumberFromString(written, options);
  if (parsed?.isValid() && parsed.nationalNumber.length <= LONGEST_AT_HOME)
    return { ok: true, value: parsed.number };
  // Some leave out the plus sign of their own country's code: 49 151 12345678 in Germany.
  const abroad = /^[1-9]/.test(written)
    ? parsePhoneNumberFromString(`+${written}`, { extract: false })
    : undefined;
  if (
    abroad?.isValid() &&
    defaultCountry &&
    abroad.countryCallingCode === getCountryCallingCode(defaultCountry)
  )
    return { ok: true, value: abroad.number };
  return parsed?.isPossible() ? { ok: true, value: parsed.number } : { ok: false, reason: "not_a_phone" };
}

/** What Iterable takes for a phone number. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** Whether a text is a phone number as Iterable takes it. */
export const isE164 = (text: string) => E164.test(text);

/** Whether a value may be sent for `phoneNumber`: Iterable takes E.164 alone there (API reference). */
export const isPhoneNumber = (value: unknown) => typeof value === "string" && isE164(value);

/** Whether a country of this code (ISO 3166-1, two letters, in any case) has phone numbers. */
export function isCountry(code: string): boolean {
  return (getCountries() as string[]).includes(code.toUpperCase());
}
