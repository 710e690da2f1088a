import type { MappingEntry } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { coerce } from "./coercion.js";
import { isDateFormat } from "./dates/date-format.js";
import { compileEntry, isTemplate } from "./entry.js";
import type { MappingOptions } from "./options.js";
import { fieldName, isInside, outermost } from "./targets.js";
import { madeBy } from "./transforms.js";

/** What is wrong with an entry, in words that say what to do. */
export type Check = (entry: MappingEntry, options: MappingOptions) => (string | undefined)[];

/** Types that values of a type can always, or often, be turned into. */
const CASTS: Readonly<Record<string, readonly FieldType[]>> = {
  string: ["string", "date", "long", "double", "boolean"],
  long: ["long", "double", "string", "boolean"],
  double: ["double", "long", "string"],
  boolean: ["boolean", "string"],
  date: ["date", "string"],
  object: ["object", "nested", "geo_location"],
};

/** Types of Iterable's that fields inside them can be written to. */
const OBJECTS: readonly (FieldType | undefined)[] = [
  "object",
  "nested",
  "geo_location",
  "unknown",
  undefined,
];

/** Checks of what an entry makes of its value, against its own type and Iterable's. */
export const VALUE_CHECKS: readonly Check[] = [
  ({ type, target, transform = [] }, { iterableFields }) => {
    const live = iterableFields.get(fieldName(target));
    const made = madeBy(transform);
    if (made && type && !CASTS[made]?.includes(type)) {
      return [`the transform ${transform.at(-1)} makes a ${made}, which cannot become a ${type}`];
    }
    const last = type ?? made;
    if (!last || !live || live === "unknown" || CASTS[last]?.includes(live)) return [];
    const [cause, remedy] = type
      ? [`the type ${type}`, 'leave "type" out']
      : [`the transform ${transform.at(-1)}, which makes a ${made},`, "leave it out"];
    return [
      `${cause} contradicts Iterable's field, which is a ${live} and stays one; ${remedy} or choose another target`,
    ];
  },
  ({ target }, { iterableFields }) => {
    const outer = outermost(target);
    const type = iterableFields.get(outer);
    return !isInside(target) || OBJECTS.includes(type)
      ? []
      : [`Iterable's field "${outer}" is a ${type}, so that nothing can be inside it; choose another target`];
  },
  (entry, options) => {
    const { date_format, transform = [] } = entry;
    if (transform.includes("date") && date_format !== undefined && !isDateFormat(date_format)) return [];
    const live = options.iterableFields.get(fieldName(entry.target));
    const problems: string[] = [];
    // The constant goes the way of every value; the default comes behind the transforms.
    for (const name of ["constant", "default"] as const) {
      const constant = entry[name];
      if (constant === undefined || (name === "default" && entry.constant !== undefined)) continue;
      const { target, type } = entry;
      const alone: MappingEntry = { target, type, constant, required: false, clear_on_null: false };
      const made = compileEntry(name === "constant" ? { ...entry, default: undefined } : alone, options)({});
      if (made.kind === "nothing") problems.push(`"${name}" is empty; leave it out`);
      else if (made.kind === "misfit") {
        problems.push(`"${name}" cannot be turned into ${type ? `a ${type}` : "what the transforms make"}`);
      } else if (
        made.kind === "value" &&
        live &&
        live !== "unknown" &&
        !coerce(made.value, live, options.zone).ok
      ) {
        problems.push(`"${name}" cannot be turned into a ${live}, which Iterable's field is`);
      }
    }
    return problems;
  },
  ({ target, constant, template, default: fallback, clear_on_null }, { identifier }) => {
    const isIdentifier = target === IDENTIFIER_TARGETS[identifier];
    return [
      isIdentifier && (constant !== undefined || fallback !== undefined)
        ? "contacts are told apart by it: one value for many would make them one contact; give a source alone"
        : undefined,
      clear_on_null && (isIdentifier || constant !== undefined || template !== undefined)
        ? '"clear_on_null" needs a source, and a field that is not the identifier; remove it'
        : undefined,
      template !== undefined && !isTemplate(template)
        ? 'a "template" needs fields in braces, such as "{firstName} {lastName}"; write a text without them as "constant"'
        : undefined,
    ];
  },
];
