import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { MappingEntry } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import { coerce } from "../mapping/coercion.js";
import { compileEntry } from "../mapping/entry.js";
import { isPhoneNumber } from "../mapping/phone.js";
import type { Means } from "../mapping/transforms.js";

/** What would mend values that are left out. */
export interface Mend {
  /** In words; null where nothing is known that would. */
  readonly remedy: string | null;
  /** The complete entry of `field_mapping` that does it; null where there is none, or more than one would be a guess. */
  readonly entry: Readonly<Record<string, unknown>> | null;
}

/** Values of one row of the plan that are left out for one reason, with what is known around them. */
export interface Case {
  readonly reason: string;
  /** The row's entry, or the one that would stand for it. */
  readonly entry: Readonly<Record<string, unknown>> & { readonly target: string };
  readonly targetType: FieldType | undefined;
  /** Some of the values that are left out. */
  readonly lost: readonly unknown[];
  /** Some of those that are sent. */
  readonly sent: readonly unknown[];
}

/** A change is proposed where it mends so many of the values, at least. */
const WORTH_IT = 0.5;

/** Forms in which dates are written; of two that read the same values the sample does not tell which was meant. */
const DATE_FORMATS = [
  ...[".", "/", "-"].flatMap((dot) =>
    ["D$M$YYYY", "M$D$YYYY", "D$M$YY", "M$D$YY"].flatMap((form) => {
      const day = form.replaceAll("$", dot);
      return [day, `${day} HH:mm`, `${day} HH:mm:ss`];
    }),
  ),
  ...["YYYY/M/D", "YYYY.M.D", "YYYY/M/D HH:mm", "YYYYMMDD", "YYYY-M-D"],
];

/** Finds the change of an entry that would mend most of the values, and tries it on them. */
export function mendOf(given: Case, means: Means): Mend {
  switch (given.reason) {
    case "not_a_date":
      return mendDates(given, means);
    case "not_e164":
    case "not_a_phone":
      return mendPhones(given, means);
    case "not_an_integer":
    case "not_a_number":
      return mendNumbers(given, means);
    case "schema":
      return only("discover the source again: the catalog's schema does not allow these values");
    case "no_such_field":
      return only("create the field in Iterable, or set create_new_fields");
    case "too_long":
      return only("Iterable keeps 32,000 characters of a value; map it nowhere, or shorten it at the source");
    default:
      return only(null);
  }
}

const only = (remedy: string | null): Mend => ({ remedy, entry: null });

function mendDates(given: Case, means: Means): Mend {
  const tried = DATE_FORMATS.map((date_format) => {
    const entry = { ...given.entry, transform: ["date"], date_format };
    return { date_format, entry, mended: mendedBy(entry, given, means) };
  }).sort((a, b) => b.mended - a.mended);
  const [best, next] = tried;
  if (!best || best.mended < given.lost.length * WORTH_IT) {
    return only('give the entry the transform "date" with the date_format that the form uses');
  }
  if (next?.mended === best.mended) {
    return only(
      `give the entry the transform "date" with date_format ${best.date_format} or ${next.date_format}: these values do not tell which`,
    );
  }
  return { remedy: `add transform date with date_format ${best.date_format}`, entry: best.entry };
}

function mendPhones(given: Case, means: Means): Mend {
  const countries = given.sent.flatMap((value) =>
    isPhoneNumber(value) ? (parsePhoneNumberFromString(String(value))?.country ?? []) : [],
  );
  for (const phone_country of byFrequency(countries)) {
    const entry = { ...given.entry, transform: ["phone"], phone_country };
    if (mendedBy(entry, given, means) >= given.lost.length * WORTH_IT)
      return { remedy: `add transform phone with phone_country ${phone_country}`, entry };
  }
  return only("add transform phone with the phone_country of numbers that have no country code, such as US");
}

function mendNumbers(given: Case, means: Means): Mend {
  const isWhole = (value: unknown) =>
    typeof value === "string" && /^[^\d.,]{0,20}\d{1,15}[^\d.,]{0,20}$/.test(value);
  const entry = { ...given.entry, transform: ["digits"] };
  if (given.lost.every(isWhole) && mendedBy(entry, given, means) >= given.lost.length * WORTH_IT)
    return { remedy: "add transform digits", entry };
  return only("map it to a text field, or let the form take numbers alone");
}

/** How many of the values would be sent with this entry. */
function mendedBy(entry: Case["entry"], { lost, targetType }: Case, means: Means): number {
  const pick = compileEntry({ ...entry, source: "value" } as unknown as MappingEntry, means);
  return lost.filter((value) => {
    const picked = pick({ value });
    if (picked.kind !== "value") return false;
    if (entry.target === "phoneNumber") return isPhoneNumber(picked.value);
    return targetType === undefined || coerce(picked.value, targetType, means.zone).ok;
  }).length;
}

function byFrequency(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
}
