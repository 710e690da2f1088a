import type { JsonObject } from "../protocol/message.js";
import type { FieldType } from "./coercion.js";
import type { MappingEntry, SkipCondition } from "./config.js";
import { compileEntry, fitToField, isEmpty, type Picked } from "./entry.js";
import { nameProblem } from "./field-names.js";
import { type Identified, identifyByEmail, identifyByUserId } from "./identifier.js";
import { findProblems, looksAlike } from "./mapping-check.js";
import { compilePath, normalized } from "./paths.js";
import { firstName, lastName } from "./transforms.js";

export interface MappingOptions {
  readonly stream: string;
  readonly identifier: "email" | "user_id";
  /** Undefined: the default mapping. */
  readonly entries: readonly MappingEntry[] | undefined;
  /** Fields arrive under their names in Iterable. */
  readonly identity: boolean;
  readonly unmappedFields: "drop" | "same_name";
  /** The fields that take part; undefined: all that a record has. */
  readonly sourceFields: readonly string[] | undefined;
  /** Iterable's fields and their types as they are at the moment: looked at anew for every record. */
  readonly iterableFields: ReadonlyMap<string, FieldType>;
  readonly onInvalidValue: "drop_field" | "reject_contact";
  readonly skipIf?: SkipCondition;
  /** In hexadecimal. */
  readonly sha256: (text: string) => string;
}

/** A value that is not sent, by the field in Iterable that it was for. */
export interface DroppedField {
  readonly field: string;
  readonly reason: string;
}

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
  | { readonly verdict: "keep"; readonly reason: "condition" }
  | {
      readonly verdict: "reject";
      readonly key: string | undefined;
      readonly field: string;
      readonly reason: string;
    };

export interface Mapping {
  /** `invalidFields` are those of the record's fields that contradict the catalog's schema. */
  map(record: JsonObject, invalidFields: readonly string[]): Mapped;
  /** Fields that the mapping names and Iterable does not have. */
  readonly newTargets: readonly string[];
  readonly warnings: readonly string[];
}

/** The mapping cannot work. Lists every mistake, each with its place and remedy. */
export class MappingError extends Error {
  override readonly name = "MappingError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

/** What one rule adds to a contact. */
interface Rule {
  readonly target: string;
  readonly required: boolean;
  readonly typed: boolean;
  pick(record: JsonObject): Picked;
}

const E164 = /^\+[1-9]\d{6,14}$/;
const IDENTIFIER_TARGETS = { email: "email", user_id: "userId" } as const;

/** Compiles the mapping of a stream. Throws MappingError with all that is wrong with it. */
export function createMapping(options: MappingOptions): Mapping {
  const problems = findProblems(options);
  if (problems.length > 0) throw new MappingError(problems);
  const { iterableFields, onInvalidValue } = options;
  const identifierTarget = IDENTIFIER_TARGETS[options.identifier];
  const identifierOf = compileIdentifier(options);
  const skips = options.skipIf && compileSkip(options.skipIf);
  const entries = options.entries ?? [];
  const rules = options.identity
    ? []
    : options.entries
      ? entries
          .filter(({ target }) => target !== identifierTarget)
          .map((entry) => entryRule(entry, options.sha256))
      : defaultRules(options.sourceFields);
  const restTarget = compileRest(options, rules);
  const targets = rules.map(({ target }) => target);

  return {
    newTargets: options.entries ? targets.filter((target) => !iterableFields.has(target)) : [],
    warnings: targets.flatMap((target) => looksAlike(target, iterableFields)),
    map(record, invalidFields) {
      if (skips?.(record)) return { verdict: "keep", reason: "condition" };
      const identified = identifierOf(record);
      if (!identified.ok) {
        return { verdict: "reject", key: undefined, field: identifierTarget, reason: identified.reason };
      }
      const { identifier } = identified;
      const fields: Record<string, unknown> = Object.create(null);
      const dropped: DroppedField[] = [];
      const drop = (field: string, reason: string) => void dropped.push({ field, reason });
      const put = (target: string, value: unknown, unsound: boolean): void => {
        if (unsound && !iterableFields.has(target)) return drop(target, "schema");
        const fitted = fitToField(value, target, iterableFields, drop);
        if (fitted !== undefined) fields[target] = fitted;
      };
      for (const rule of rules) {
        const picked = rule.pick(record);
        const before = dropped.length;
        if (picked.kind === "clear") fields[rule.target] = null;
        else if (picked.kind === "misfit") drop(rule.target, picked.reason);
        else if (picked.kind === "value") {
          const unsound = !rule.typed && picked.field !== undefined && invalidFields.includes(picked.field);
          put(rule.target, picked.value, unsound);
        }
        if (!rule.required || rule.target in fields) continue;
        const reason = dropped[before]?.reason ?? "missing_required";
        return { verdict: "reject", key: identifier, field: rule.target, reason };
      }
      for (const name of Object.keys(record)) {
        const target = restTarget(name);
        if (target !== undefined && !isEmpty(record[name]))
          put(target, record[name], invalidFields.includes(name));
      }
      const [first] = dropped;
      if (first && onInvalidValue === "reject_contact")
        return { verdict: "reject", key: identifier, ...first };
      return { verdict: "send", key: identifier, identifier, fields, dropped };
    },
  };
}

function compileIdentifier(options: MappingOptions): (record: JsonObject) => Identified {
  const byEmail = options.identifier === "email";
  const identify = byEmail ? identifyByEmail : identifyByUserId;
  const entry = options.entries?.find(({ target }) => target === IDENTIFIER_TARGETS[options.identifier]);
  if (entry) {
    const pick = compileEntry(entry, options.sha256);
    return (record) => {
      const picked = pick(record);
      return identify(picked.kind === "value" ? picked.value : undefined);
    };
  }
  const picks = (byEmail ? ["email"] : ["userId", "user_id"]).map(compilePath);
  return (record) => identify(picks.map((pick) => pick(record)?.value).find((value) => !isEmpty(value)));
}

function entryRule(entry: MappingEntry, sha256: (text: string) => string): Rule {
  const pick = compileEntry(entry, sha256);
  return { target: entry.target, required: entry.required, typed: entry.type !== undefined, pick };
}

/** Phone and name have a place of their own in Iterable. */
function defaultRules(sourceFields: readonly string[] | undefined): Rule[] {
  const takesPart = (name: string) =>
    !sourceFields || sourceFields.some((field) => normalized(field) === name);
  const rule = (source: string, target: string, read: (text: string) => Picked): Rule[] => {
    if (!takesPart(source)) return [];
    const pick = compilePath(source);
    return [
      {
        target,
        required: false,
        typed: true,
        pick(record) {
          const value = pick(record)?.value;
          if (isEmpty(value)) return { kind: "nothing" };
          return typeof value === "string" ? read(value) : { kind: "misfit", reason: "not_text" };
        },
      },
    ];
  };
  const value = (text: string): Picked =>
    text === "" ? { kind: "nothing" } : { kind: "value", value: text, field: undefined };
  return [
    ...rule("phone", "phoneNumber", (text) =>
      E164.test(text.trim()) ? value(text.trim()) : { kind: "misfit", reason: "not_e164" },
    ),
    ...rule("name", "firstName", (text) => value(firstName(text))),
    ...rule("name", "lastName", (text) => value(lastName(text))),
  ];
}

/** The target of a record's field that no rule reads, if it has one. Decided once per name, as long as nothing changes. */
function compileRest(options: MappingOptions, rules: readonly Rule[]): (name: string) => string | undefined {
  const { entries, iterableFields, sourceFields } = options;
  const identifiers = ["email", "userid", "user_id"].filter(
    (name) => (options.identifier === "email") === (name === "email"),
  );
  const read = new Set(
    entries
      ? entries.flatMap((entry) => [...(entry.source ? [entry.source] : []), ...(entry.sources ?? [])])
      : options.identity
        ? []
        : ["phone", "name"],
  );
  const readNormalized = new Set([...read].map((path) => normalized(path)));
  const targets = new Set(rules.map(({ target }) => target));
  const participating = sourceFields && new Set(sourceFields);
  const identifierIsMapped =
    entries?.some(({ target }) => target === IDENTIFIER_TARGETS[options.identifier]) ?? false;
  const none = entries !== undefined && options.unmappedFields === "drop" && !options.identity;
  const known = new Map<string, string | false>();

  const decide = (name: string): string | false => {
    if (participating && !participating.has(name)) return false;
    if (!identifierIsMapped && identifiers.includes(normalized(name))) return false;
    if (targets.has(name) || readNormalized.has(normalized(name)) || name === "userId") return false;
    return nameProblem(name) === undefined ? name : false;
  };
  return (name) => {
    if (none) return undefined;
    let target = known.get(name);
    if (target === undefined) {
      target = decide(name);
      known.set(name, target);
    }
    if (target === false) return undefined;
    const everything = options.identity || options.unmappedFields === "same_name";
    return everything || iterableFields.has(target) ? target : undefined;
  };
}

function compileSkip({ field, equals, in: among, empty }: SkipCondition): (record: JsonObject) => boolean {
  const pick = compilePath(field);
  return (record) => {
    const value = pick(record)?.value;
    if (isEmpty(value)) return empty === true;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return text === equals || (among?.includes(text) ?? false);
  };
}
