import type { FieldType } from "../iterable/field-types.js";
import { type Coerced, coerce } from "./coercion.js";
import { dateReader, isBirth, isDateFormat } from "./dates/date-format.js";
import type { TimeZone } from "./dates/time-zone.js";
import { firstName, lastName } from "./names.js";
import { isCountry, phone } from "./phone.js";
import { MOST_MATCHED, trimmed } from "./text.js";

/** What a mapping is compiled with, beside its settings: all that would otherwise come from a clock or from Node. */
export interface Means {
  /** In hexadecimal. */
  readonly sha256: (text: string) => string;
  /** Where times without an offset were written. */
  readonly zone: TimeZone;
  /** The day of the run: YYYY-MM-DD. */
  readonly today: string;
}

/** What an entry says of its transforms. */
export interface Parameters {
  readonly source?: string | undefined;
  readonly target?: string | undefined;
  readonly phone_country?: string | undefined;
  readonly date_format?: string | undefined;
  readonly separator?: string | undefined;
}
type ParameterName = "phone_country" | "date_format" | "separator";

/** A parameter that a transform needs. */
export interface Parameter {
  readonly name: ParameterName;
  /** What it is for, behind "needs". */
  readonly needed: string;
  /** What is wrong with a value of it; undefined where nothing is. */
  problem(value: string): string | undefined;
}

/** All that is to be known of a transform. */
interface TransformKind {
  /** For people: what becomes of a text. */
  readonly describe: string;
  readonly makes: FieldType;
  /** Which texts it cannot change, so that they are left out; undefined where it changes all. */
  readonly refuses?: string;
  /** Whether it makes a list out of one text. */
  readonly makesList?: boolean;
  readonly parameter?: Parameter;
  /** The change of one text that is not empty, and no longer than `MOST_MATCHED` unless `takesAll`. */
  compile(parameters: Parameters, means: Means): (text: string) => Coerced;
  /** Whether it runs no pattern over the text, so that its length does not matter. */
  readonly takesAll?: boolean;
}

const ok = (value: unknown): Coerced => ({ ok: true, value });
const text = (change: (text: string) => string) => () => (given: string) => ok(change(given));
/** The beginning of a word, and of what follows a single letter with an apostrophe: O'Brien, D'Artagnan, but I'll. */
const INITIAL = /(?<![\p{L}\p{M}\p{N}'’])\p{L}|(?<=(?<![\p{L}\p{M}\p{N}'’])\p{L}['’])\p{L}(?=\p{L}{2})/gu;
/** A capital is one letter: ß becomes Ss, not SS. */
const capital = (letter: string) => {
  const [first = "", ...rest] = letter.toUpperCase();
  return first + rest.join("").toLowerCase();
};

/** Every transform, by the name that an entry gives it. Settings, checks, the plan and the README are held to this table. */
export const TRANSFORMS = {
  trim: {
    describe: "removes white space and invisible characters around the text",
    makes: "string",
    takesAll: true,
    compile: text(trimmed),
  },
  lower: {
    describe: "writes it in lower case",
    makes: "string",
    takesAll: true,
    compile: text((given) => given.toLowerCase()),
  },
  upper: {
    describe: "writes it in upper case",
    makes: "string",
    takesAll: true,
    compile: text((given) => given.toUpperCase()),
  },
  title: {
    describe: "begins each word with a capital",
    makes: "string",
    compile: text((given) => given.toLowerCase().replace(INITIAL, capital).normalize("NFC")),
  },
  first_name: { describe: "keeps its first word", makes: "string", compile: text(firstName) },
  last_name: { describe: "keeps all words but the first", makes: "string", compile: text(lastName) },
  digits: {
    describe: "keeps its digits alone",
    makes: "string",
    compile: text((given) => given.replace(/\D/g, "")),
  },
  phone: {
    describe: "writes a phone number in E.164, which is how Iterable wants it",
    makes: "string",
    refuses: "what is no phone number",
    parameter: {
      name: "phone_country",
      needed: ", such as US, for numbers without a country code",
      problem: (value) => (isCountry(value) ? undefined : "must be a two-letter country code, such as US"),
    },
    compile:
      ({ phone_country }) =>
      (given) =>
        phone(given, phone_country),
  },
  date: {
    describe: "reads a date that is written in date_format",
    makes: "date",
    refuses: "what is no date of this form",
    parameter: {
      name: "date_format",
      needed: ', such as DD/MM/YYYY; for ISO dates, give "type": "date" instead',
      problem: (value) =>
        isDateFormat(value)
          ? undefined
          : "must be made of YYYY or YY, MM or M, DD or D, and HH, mm, ss if there is a time, such as DD/MM/YYYY",
    },
    compile: ({ date_format, source, target }, { zone, today }) =>
      dateReader(date_format, { zone, today, isPast: isBirth(source, target) }),
  },
  boolean: {
    describe: "makes true of yes, on, 1 and a tick, false of no, off and 0, in most languages",
    makes: "boolean",
    refuses: "what is neither",
    takesAll: true,
    compile: () => (given) => coerce(given, "boolean"),
  },
  split: {
    describe: "makes a list of the parts between separators",
    makes: "string",
    makesList: true,
    takesAll: true,
    parameter: {
      name: "separator",
      needed: ', such as ","',
      problem: (value) => (value === "" ? "must not be empty" : undefined),
    },
    compile:
      ({ separator = "," }) =>
      (given) =>
        ok(
          given
            .split(separator)
            .map(trimmed)
            .filter((part) => part !== ""),
        ),
  },
  sha256: {
    describe: "hashes it, trimmed and in lower case, as advertising platforms expect it",
    makes: "string",
    takesAll: true,
    compile:
      (_, { sha256 }) =>
      (given) =>
        ok(sha256(trimmed(given).toLowerCase())),
  },
} as const satisfies Readonly<Record<string, TransformKind>>;

export type TransformName = keyof typeof TRANSFORMS;

export const TRANSFORM_NAMES = Object.keys(TRANSFORMS) as [TransformName, ...TransformName[]];

/** All that is to be known of a transform of this name. */
export const transformOf = (name: TransformName): TransformKind => TRANSFORMS[name];

/** What a list of transforms makes; undefined where there is none. */
export function madeBy(transforms: readonly TransformName[]): FieldType | undefined {
  const last = transforms.at(-1);
  return last && transformOf(last).makes;
}

/** Changes a value that is not empty, or says in a word why it cannot. */
export type Transform = (value: unknown) => Coerced;

/** Compiles one transform. Numbers and booleans are written out first; of a list, every element is transformed. */
export function compileTransform(name: TransformName, parameters: Parameters, means: Means): Transform {
  const { compile, takesAll = false } = transformOf(name);
  const changeAny = compile(parameters, means);
  const change = (given: string): Coerced =>
    takesAll || given.length <= MOST_MATCHED ? changeAny(given) : { ok: false, reason: "too_long" };
  return (value) => {
    const texts = coerce(value, "string");
    if (!texts.ok) return texts;
    if (!Array.isArray(texts.value)) return change(texts.value as string);
    const changed: unknown[] = [];
    for (const one of texts.value as string[]) {
      const made = change(one);
      if (!made.ok) return made;
      if (Array.isArray(made.value)) changed.push(...made.value);
      else if (made.value !== "") changed.push(made.value);
    }
    return ok(changed);
  };
}
