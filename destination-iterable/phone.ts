import { createRequire } from "node:module";
import type * as Library from "libphonenumber-js/min";
import type { Coerced } from "./coercion.js";

const require = createRequire(import.meta.url);
let loaded: typeof Library | undefined;

/** The library with the numbering plans of all countries: a tenth of the start of every run, where none is needed. */
function library(): typeof Library {
  loaded ??= require("libphonenumber-js/min") as typeof Library;
  return loaded;
}

/** The number in E.164, which is how Iterable wants it. Without a country it has to begin with a plus sign. */
export function phone(text: string, country: string | undefined): Coerced {
  const defaultCountry = country?.toUpperCase() as Library.CountryCode | undefined;
  // extract: false, or a number would be picked out of a sentence.
  const options = { ...(defaultCountry && { defaultCountry }), extract: false };
  const parsed = library().parsePhoneNumberFromString(text.trim(), options);
  return parsed?.isPossible() ? { ok: true, value: parsed.number } : { ok: false, reason: "not_a_phone" };
}

/** Whether a country of this code (ISO 3166-1, two letters, in any case) has phone numbers. */
export function isCountry(code: string): boolean {
  return (library().getCountries() as string[]).includes(code.toUpperCase());
}
