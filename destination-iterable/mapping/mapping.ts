import type { JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import type { FieldType } from "../iterable/field-types.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { compileCondition, compileConsent, deletionOf } from "./conditions.js";
import { compileIdentifier } from "./entry.js";
import { createGathering, type DroppedField, type Gathering } from "./gathering.js";
import type { MappingOptions } from "./options.js";
import { findProblems } from "./problems.js";
import { type Carried, createCarried } from "./remarks/carried.js";
import { sideEffectsOf } from "./remarks/side-effects.js";
import { type Rule, rulesOf } from "./rules.js";
import { fieldName, lookAlike } from "./targets.js";
import { isEmpty } from "./text.js";
import { compileUnmapped, type PlaceOf } from "./unmapped.js";

/** Why a record is left as it is before anybody asks Iterable. */
type KeptHere = "deleted" | "condition" | "no_consent" | "trial" | "no_identifier_stream";

/** What becomes of a record. */
export type Mapped =
  | {
      readonly verdict: "send";
      readonly key: string;
      readonly identifier: string;
      /** By target; a dot leads into an object. No identifier, and null only where the field is to be removed. */
      readonly fields: Readonly<Record<string, unknown>>;
      readonly dropped: readonly DroppedField[];
    }
  | { readonly verdict: "keep"; readonly reason: KeptHere }
  | {
      readonly verdict: "reject";
      readonly key: string | undefined;
      readonly field: string;
      readonly reason: LostReason;
    };

export interface Mapping {
  /** `invalidFields` are those of the record's fields that contradict the catalog's schema. */
  map(record: JsonObject, invalidFields: readonly string[]): Mapped;
  /** Fields that the mapping names and Iterable does not have. */
  readonly newTargets: readonly string[];
  readonly warnings: readonly string[];
  /** The types that these, and fields under their own names, are to get, where that is known. */
  readonly newTypes: ReadonlyMap<string, FieldType>;
  readonly carried: Carried;
}

/** The mapping cannot work. Lists every mistake, each with its place and remedy. */
export class MappingError extends Error {
  override readonly name = "MappingError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

/** A mapping that leaves every record as it is. */
export function keepingAll(reason: KeptHere): Mapping {
  const kept: Mapped = { verdict: "keep", reason };
  return { map: () => kept, newTargets: [], newTypes: new Map(), warnings: [], carried: createCarried() };
}

/** Compiles the mapping of a stream. Throws MappingError with all that is wrong with it. */
export function createMapping(given: MappingOptions, carried: Carried = createCarried()): Mapping {
  const options: MappingOptions = given.identity ? { ...given, entries: undefined } : given;
  const problems = findProblems(options).map(({ text }) => text);
  if (problems.length > 0) throw new MappingError(problems);
  const identifierOf = compileIdentifier(options, carried.compile);
  const keepOf = compileKeep(options, carried);
  const rules = rulesOf(options, carried);
  const targets = rules.map(({ target }) => target);
  const placeOf = compileUnmapped(options, new Set(targets));
  const gathering = createGathering(options);

  return {
    newTypes: options.newTypes,
    carried,
    newTargets: options.entries
      ? targets.map(fieldName).filter((field) => !options.iterableFields.has(field))
      : [],
    warnings: warningsOn(targets, options, placeOf),
    map(record, invalidFields) {
      const identified = identifierOf(record);
      const identifier = identified.ok ? identified.identifier : undefined;
      const deletion = deletionOf(record);
      if (deletion !== undefined && options.deletions === "reject")
        return { verdict: "reject", key: identifier, field: deletion, reason: "deleted" };
      const kept = deletion === undefined ? keepOf(record) : DELETED;
      if (kept) return kept;
      if (!identified.ok)
        return {
          verdict: "reject",
          key: undefined,
          field: identifierTargetOf(options),
          reason: identified.reason,
        };

      gathering.begin();
      for (const rule of rules) {
        const lack = follow(rule, record, invalidFields, gathering);
        if (lack) return { verdict: "reject", key: identified.identifier, field: rule.target, reason: lack };
      }
      const isInParts = followNames(placeOf, record, invalidFields, gathering);
      const fields = gathering.fields(isInParts);
      const dropped = gathering.dropped();
      const fault = options.onInvalidValue === "reject_contact" ? dropped.find(isOfTheValue) : undefined;
      if (fault) return { verdict: "reject", key: identified.identifier, ...fault };
      return {
        verdict: "send",
        key: identified.identifier,
        identifier: identified.identifier,
        fields,
        dropped,
      };
    },
  };
}

const identifierTargetOf = ({ identifier }: MappingOptions): string => IDENTIFIER_TARGETS[identifier];

const DELETED: Mapped = { verdict: "keep", reason: "deleted" };
const CONDITION: Mapped = { verdict: "keep", reason: "condition" };
const NO_CONSENT: Mapped = { verdict: "keep", reason: "no_consent" };

/** Compiles whether a record is left as it is, by what the settings ask of it. */
function compileKeep(options: MappingOptions, carried: Carried): (record: JsonObject) => Mapped | undefined {
  const skips = options.skipIf && compileCondition(options.skipIf, carried.compile);
  const agrees = options.consent && compileConsent(options.consent, carried.compile);
  return (record) => {
    if (skips?.(record)) return CONDITION;
    return agrees?.(record) === false ? NO_CONSENT : undefined;
  };
}

/** Gathers what a rule makes of a record; says why the record is rejected where the rule requires what it lacks. */
function follow(
  rule: Rule,
  record: JsonObject,
  invalidFields: readonly string[],
  gathering: Gathering,
): LostReason | undefined {
  const picked = rule.pick(record);
  const before = gathering.dropped().length;
  if (picked.kind === "clear") gathering.clear(rule.target);
  else if (picked.kind === "misfit") gathering.drop(rule.field, picked.reason);
  else if (picked.kind === "value") {
    const isUnsound = !rule.typed && picked.field !== undefined && invalidFields.includes(picked.field);
    gathering.put(rule.target, rule.field, picked.value, isUnsound);
  }
  if (!rule.required || gathering.has(rule.target)) return undefined;
  const reason = gathering.dropped()[before]?.reason ?? "missing_required";
  return reason === "type_not_decided" ? undefined : reason;
}

/** Gathers what keeps its name; says whether any of it leads into an object. */
function followNames(
  placeOf: PlaceOf,
  record: JsonObject,
  invalidFields: readonly string[],
  gathering: Gathering,
): boolean {
  let isInParts = false;
  for (const name in record) {
    if (isEmpty(record[name])) continue;
    const place = placeOf(name, record);
    if (place === undefined) continue;
    const { target, field, refusal } = place;
    isInParts ||= target.includes(".");
    if (refusal === undefined) gathering.put(target, field, record[name], invalidFields.includes(name));
    else gathering.drop(field, refusal);
  }
  return isInParts;
}

/** Reasons that lie in the field and not in the value. */
const OF_THE_FIELD = new Set<string>(["looks_like", "unusable_name", "type_not_decided"]);
const isOfTheValue = ({ reason }: DroppedField): boolean => !OF_THE_FIELD.has(reason);

function warningsOn(targets: readonly string[], options: MappingOptions, placeOf: PlaceOf): string[] {
  const { iterableFields, sourceFields = [] } = options;
  const ownNames = sourceFields.flatMap((name) => placeOf(name, {})?.target ?? []);
  const twins = targets.flatMap((target) => {
    const twin = lookAlike(target, iterableFields);
    return twin
      ? [`the target "${target}" is not a field of Iterable's, but "${twin}" is; is that the one?`]
      : [];
  });
  return [...twins, ...sideEffectsOf([...targets, ...ownNames])];
}
