import { createLayout } from "../../protocol/layout.js";
import type { JsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import type { FieldType } from "../iterable/field-types.js";
import { IDENTIFIER_TARGETS, identifyByEmail } from "../iterable/identifiers.js";
import { founds } from "./coercion.js";
import { compileCondition, compileConsent, deletionOf } from "./conditions.js";
import { defaultEntries } from "./default-mapping.js";
import { compileIdentifier, createFitter } from "./entry.js";
import type { MappingOptions } from "./options.js";
import { isE164 } from "./phone.js";
import { findProblems } from "./problems.js";
import { type Carried, createCarried } from "./remarks/carried.js";
import { sideEffectsOf } from "./remarks/side-effects.js";
import { defaultRule, entryRule } from "./rules.js";
import { fieldName, lookAlike } from "./targets.js";
import { isEmpty } from "./text.js";
import { compileUnmapped } from "./unmapped.js";

/** A value that is not sent, by the field in Iterable that it was for. */
export interface DroppedField {
  readonly field: string;
  readonly reason: LostReason;
}

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

const NONE: readonly DroppedField[] = [];

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
  const { iterableFields, newTypes, onInvalidValue } = options;
  const identifierTarget = IDENTIFIER_TARGETS[options.identifier];
  const identifierOf = compileIdentifier(options, carried.compile);
  const skips = options.skipIf && compileCondition(options.skipIf, carried.compile);
  const agrees = options.consent && compileConsent(options.consent, carried.compile);
  const entries = options.entries ?? [];
  const rules = options.identity
    ? []
    : options.entries
      ? entries
          .filter(({ target }) => target !== identifierTarget)
          .map((entry) => entryRule(entry, options, carried))
      : defaultEntries(options.sourceFields).map((entry) => defaultRule(entry, options.sourceFields));
  const placeOf = compileUnmapped(options, new Set(rules.map(({ target }) => target)));
  const targets = rules.map(({ target }) => target);
  const layout = createLayout();

  // What is gathered of one record. It is outside of `map` because functions and lists of its own for each of a million
  // records would make mapping take half as long again.
  let dropped: readonly DroppedField[] = NONE;
  const drop = (field: string, reason: LostReason): void => {
    dropped = [...dropped, { field, reason }];
  };
  const fitToField = createFitter(options, drop);
  const createsFields = newTypes.size > 0;
  const mayCreate = (field: string, value: unknown): boolean => {
    const newType = iterableFields.has(field) ? undefined : newTypes.get(field);
    return newType === undefined || founds(value, newType);
  };
  const put = (target: string, field: string, value: unknown, unsound: boolean): void => {
    if (unsound && !iterableFields.has(field)) return drop(field, "schema");
    const fitted = fitToField(value, field);
    if (fitted === undefined) return;
    if (createsFields && !mayCreate(field, fitted)) return drop(field, "type_not_decided");
    if (target === "phoneNumber" && !isPhoneNumber(fitted)) return drop(field, "not_e164");
    // An impossible email among the fields would cost the whole contact (API reference: failedUpdates).
    const email = target === "email" ? identifyByEmail(fitted) : undefined;
    if (email?.ok === false) return drop(field, "invalid_email");
    layout.add(target, email ? email.identifier : fitted);
  };

  return {
    newTypes,
    carried,
    newTargets: options.entries ? targets.map(fieldName).filter((field) => !iterableFields.has(field)) : [],
    warnings: [
      ...targets.flatMap((target) => {
        const twin = lookAlike(target, iterableFields);
        return twin
          ? [`the target "${target}" is not a field of Iterable's, but "${twin}" is; is that the one?`]
          : [];
      }),
      ...sideEffectsOf([...targets, ...ownNames(options, placeOf)]),
    ],
    map(record, invalidFields) {
      const deletion = deletionOf(record);
      if (deletion !== undefined) {
        if (options.deletions !== "reject") return { verdict: "keep", reason: "deleted" };
        const whose = identifierOf(record);
        const key = whose.ok ? whose.identifier : undefined;
        return { verdict: "reject", key, field: deletion, reason: "deleted" };
      }
      if (skips?.(record)) return { verdict: "keep", reason: "condition" };
      if (agrees?.(record) === false) return { verdict: "keep", reason: "no_consent" };
      const identified = identifierOf(record);
      if (!identified.ok) {
        return { verdict: "reject", key: undefined, field: identifierTarget, reason: identified.reason };
      }
      const { identifier } = identified;
      layout.clear();
      dropped = NONE;
      for (const rule of rules) {
        const picked = rule.pick(record);
        const before = dropped.length;
        if (picked.kind === "clear") layout.add(rule.target, null);
        else if (picked.kind === "misfit") drop(rule.field, picked.reason);
        else if (picked.kind === "value") {
          const unsound = !rule.typed && picked.field !== undefined && invalidFields.includes(picked.field);
          put(rule.target, rule.field, picked.value, unsound);
        }
        if (!rule.required || layout.has(rule.target)) continue;
        const reason = dropped[before]?.reason ?? "missing_required";
        if (reason === "type_not_decided") continue;
        return { verdict: "reject", key: identifier, field: rule.target, reason };
      }
      let inParts = false;
      for (const name in record) {
        if (isEmpty(record[name])) continue;
        const place = placeOf(name, record);
        if (place === undefined) continue;
        const { target, field, refusal } = place;
        inParts ||= target.includes(".");
        if (refusal === undefined) put(target, field, record[name], invalidFields.includes(name));
        else drop(field, refusal);
      }
      const fields = layout.build();
      if (inParts) {
        for (const target of Object.keys(fields)) {
          const field = fieldName(target);
          const dot = field.indexOf(".");
          if (dot === -1 || !Object.hasOwn(fields, field.slice(0, dot))) continue;
          drop(field, "beside_whole");
          delete fields[target];
        }
      }
      const first =
        onInvalidValue === "reject_contact"
          ? dropped.find(({ reason }) => !OF_THE_FIELD.has(reason))
          : undefined;
      if (first) return { verdict: "reject", key: identifier, ...first };
      return { verdict: "send", key: identifier, identifier, fields, dropped };
    },
  };
}

/** Reasons that lie in the field and not in the value. */
const OF_THE_FIELD = new Set<string>(["looks_like", "unusable_name", "type_not_decided"]);

/** Iterable takes phone numbers in E.164 alone (API reference). */
const isPhoneNumber = (value: unknown) => typeof value === "string" && isE164(value);

/** The targets of the listed fields that keep their names. */
const ownNames = (
  { sourceFields = [] }: MappingOptions,
  placeOf: ReturnType<typeof compileUnmapped>,
): string[] => sourceFields.flatMap((name) => placeOf(name, {})?.target ?? []);
