import type { MappingEntry, SkipCondition } from "../config.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { nameProblem } from "../iterable/reserved-fields.js";
import type { MappingOptions } from "./options.js";
import { isSameName, normalized } from "./paths.js";
import { sourceProblem } from "./remarks/listed.js";
import { bare, fieldName, isWithin } from "./targets.js";
import { isBlank } from "./text.js";
import { type Parameter, TRANSFORM_NAMES, type TransformName, transformOf } from "./transforms.js";
import { sourcesOf, targetOf } from "./unmapped.js";
import { type Check, VALUE_CHECKS } from "./value-check.js";

/** A mistake in a mapping: its place, and what to do. */
export interface Problem {
  readonly text: string;
  /** The number of the entry that it is in; undefined for what no single entry is to blame for. */
  readonly entry?: number;
}

/** All that is wrong with a mapping. */
export function findProblems(options: MappingOptions): Problem[] {
  const entries = options.identity ? [] : (options.entries ?? []);
  const missing = missingIdentifier(options);
  const others = [
    ...(missing ? [missing] : []),
    ...(options.identity ? nameProblems(options) : []),
    ...skipProblems(options),
    ...consentProblems(options),
  ];
  return [
    ...entries.flatMap((entry, index) =>
      entryProblems(entry, index, options).map((problem) => ({
        text: `field_mapping[${index}] (target "${entry.target}"): ${problem}`,
        entry: index,
      })),
    ),
    ...others.map((text) => ({ text })),
  ];
}

function entryProblems(entry: MappingEntry, index: number, options: MappingOptions): string[] {
  const problems = CHECKS.flatMap((check) => check(entry, options)).filter(
    (problem) => problem !== undefined,
  );
  for (const [earlier, other] of (options.entries ?? []).slice(0, index).entries()) {
    if (other.target === entry.target) {
      if (isOwnName(entry)) continue;
      problems.push(`field_mapping[${earlier}] has the same target; remove one`);
    } else if (isTwin(entry.target, other.target, options)) {
      problems.push(
        `field_mapping[${earlier}] writes "${other.target}", which nobody can tell from it, and Iterable takes them for two; give both one target, or another name`,
      );
    } else if (isWithin(entry.target, other.target) || isWithin(other.target, entry.target)) {
      problems.push(
        `field_mapping[${earlier}] writes "${other.target}", and one would overwrite the other; map either the object or its fields`,
      );
    }
  }
  return problems;
}

/** Whether two targets that Iterable has neither of would be two fields that look alike. */
function isTwin(a: string, b: string, { iterableFields }: MappingOptions): boolean {
  const [one, other] = [fieldName(a), fieldName(b)];
  return !iterableFields.has(one) && !iterableFields.has(other) && bare(one) === bare(other);
}

/** As in the default mapping, a field of the target's own name may come after what else is made for it, and wins. */
function isOwnName({ source, target }: MappingEntry): boolean {
  return source !== undefined && isSameName(source.replaceAll("\\.", "."), target);
}

/** Fields that arrive under names which must not be written. */
function nameProblems(options: MappingOptions): string[] {
  const { sourceFields = [], identifier, iterableFields } = options;
  return sourceFields.flatMap((name) => {
    const isOther = name === "userId" && identifier === "email";
    const target = targetOf(name, options);
    const exists = iterableFields.has(fieldName(target));
    const problem = isOther
      ? "is not what users are told apart by in this configuration"
      : nameProblem(target, exists);
    return problem ? [`the field "${name}" ${problem}; leave it out of the mapping`] : [];
  });
}

function consentProblems(options: MappingOptions): string[] {
  const { consent } = options;
  if (!consent) return [];
  const unknown = sourceProblem(consent.field, options);
  const problems = unknown ? [`consent.field: ${unknown}`] : [];
  if (consent.agrees.some(isBlank)) {
    problems.push("consent.agrees: an empty word is no agreement; remove it");
  }
  return problems;
}

function skipProblems(options: MappingOptions): string[] {
  const { skipIf } = options;
  return conditionProblems("skip_if", skipIf, options, "nobody is left out");
}

/** What is wrong with a condition. `otherwise`: what is so where it asks for nothing. */
export function conditionProblems(
  place: string,
  condition: SkipCondition | undefined,
  options: MappingOptions,
  otherwise = "it never holds",
): string[] {
  if (!condition) return [];
  const { field, equals, in: among, empty, not_empty: notEmpty } = condition;
  const unknown = sourceProblem(field, options);
  return [
    ...(unknown ? [`${place}.field: ${unknown}`] : []),
    ...(equals === undefined && among === undefined && !empty && !notEmpty
      ? [`${place}: give "equals", "in", "empty": true or "not_empty": true, or ${otherwise}`]
      : []),
  ];
}

const CHECKS: readonly Check[] = [
  ...VALUE_CHECKS,
  ({ source, sources, constant, template }) => {
    const given = [source, sources, constant, template].filter((origin) => origin !== undefined).length;
    return [given === 1 ? undefined : 'give exactly one of "source", "sources", "constant" and "template"'];
  },
  (entry, options) => sourcesOf(entry).map((path) => sourceProblem(path, options)),
  ({ target }, { identifier, iterableFields }) => {
    const other = identifier === "email" ? "userId" : undefined;
    if (target === other)
      return ["users are told apart by email in this configuration; choose another target"];
    const problem = nameProblem(target, iterableFields.has(fieldName(target)));
    return [problem && `the name ${problem}; choose another target`];
  },
  (entry) => PARAMETERS.flatMap((parameter) => parameterProblems(parameter, entry)),
  ({ constant, required, default: fallback, merge, clear_on_null, target }, { identifier }) => [
    merge !== undefined && merge !== "last" && target === IDENTIFIER_TARGETS[identifier]
      ? '"merge" needs a field that is not the identifier; remove it'
      : undefined,
    merge === "append" && clear_on_null
      ? '"clear_on_null" contradicts "merge": "append", which takes nothing away; remove one'
      : undefined,
    constant !== undefined && (required || fallback !== undefined)
      ? 'a "constant" is always there; remove "required" and "default"'
      : undefined,
  ],
];

/** Every parameter, with the transform that needs it. */
const PARAMETERS = TRANSFORM_NAMES.flatMap((name) => {
  const { parameter } = transformOf(name);
  return parameter ? [{ ...parameter, transform: name }] : [];
});

function parameterProblems(
  { name, needed, problem, transform }: Parameter & { readonly transform: TransformName },
  entry: MappingEntry,
): (string | undefined)[] {
  const value = entry[name];
  const isUsed = entry.transform?.includes(transform) ?? false;
  if (value === undefined)
    return [isUsed ? `the transform ${transform} needs "${name}"${needed}` : undefined];
  const found = problem(value);
  return [
    isUsed ? undefined : `"${name}" needs the transform ${transform}`,
    found === undefined ? undefined : `"${name}" ${found}`,
  ];
}

/** The fields that are the identifier where no entry of the mapping is, normalized. */
const IDENTIFIER_FIELDS = { email: ["email"], user_id: ["userid", "user_id"] } as const;

function missingIdentifier(options: MappingOptions): string | undefined {
  const { identifier, entries, sourceFields } = options;
  const target = IDENTIFIER_TARGETS[identifier];
  if (!sourceFields || entries?.some((entry) => entry.target === target)) return undefined;
  return hasIdentifierField(sourceFields, identifier) ? undefined : withoutIdentifier(options);
}

/** A stream of the source's that holds no people. Catalogs of others may give no schema for it. */
const FLOWS = "flows";

/**
 * Why no record of the stream can have an identifier; undefined where one may. `mapsItself`: the mapping was given for
 * this stream, and not for all.
 */
export function identifierProblem(options: MappingOptions, mapsItself: boolean): string | undefined {
  const { stream, identifier, sourceFields = [], identity } = options;
  const missing = missingIdentifier(identity ? { ...options, entries: undefined } : options);
  if (missing !== undefined || stream !== FLOWS || mapsItself) return missing;
  return hasIdentifierField(sourceFields, identifier) ? undefined : withoutIdentifier(options);
}

function hasIdentifierField(fields: readonly string[], identifier: MappingOptions["identifier"]): boolean {
  const wanted: readonly string[] = IDENTIFIER_FIELDS[identifier];
  return fields.some((field) => wanted.includes(normalized(field)));
}

const withoutIdentifier = ({ stream, identifier }: MappingOptions): string =>
  `the stream "${stream}" has no field "${IDENTIFIER_FIELDS[identifier].at(-1)}" to identify contacts by, so it cannot be written to Iterable; map a field to "${IDENTIFIER_TARGETS[identifier]}", or remove the stream from the catalog`;
