import type { MappingEntry } from "../config.js";
import type { FieldType } from "../iterable/field-types.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { nameProblem } from "../iterable/reserved-fields.js";
import { coerce, fits } from "../mapping/coercion.js";
import { compileEntry } from "../mapping/entry.js";
import type { MappingOptions } from "../mapping/options.js";
import { isPhoneNumber } from "../mapping/phone.js";
import { sideEffectOf } from "../mapping/remarks/side-effects.js";
import { fieldName, lookAlike } from "../mapping/targets.js";
import type { Place } from "../mapping/unmapped.js";
import { type EntryType, isMadeDate } from "./entry-type.js";
import { fitOf } from "./fit.js";
import { nameOf, type SourceType } from "./source-type.js";

/** What would become of a field. */
export type PlanVerdict =
  | "fits"
  /** Values are changed, or left out where they cannot be. */
  | "coerced"
  /** Iterable does not have the field and would create it. */
  | "created"
  /** Iterable does not have the field and would leave it out. */
  | "dropped"
  /** It cannot work. */
  | "cannot_fit"
  /** Iterable does not have the field, and has one whose name differs in case or spaces alone. */
  | "looks_like"
  /** No entry maps it, and it stays where it is. */
  | "not_sent";

/** With how, as what, or why, for people. */
export type Verdict = readonly [verdict: PlanVerdict, detail: string];

/** A field that is left out because of its name. */
export function refused(
  { target, field, refusal }: Place,
  fields: MappingOptions["iterableFields"],
): [string | null, Verdict] {
  if (refusal === "unusable_name") {
    return [null, ["not_sent", `a field of this name ${nameProblem(target)}; map it to another name`]];
  }
  const twin = lookAlike(field, fields);
  const other =
    twin === undefined
      ? "another field of these contacts"
      : `Iterable's field "${twin}" (${fields.get(twin)})`;
  return [
    target,
    [
      "looks_like",
      `nobody can tell it from ${other}; it is left out: map it to that one, or to another name`,
    ],
  ];
}

export const TELLS_APART = "tells contacts apart";

export function verdictOnEntry(
  entry: MappingEntry,
  { made, steps, isSelective, impossible }: EntryType,
  judge: (target: string, made: SourceType) => Verdict,
  options: MappingOptions,
): Verdict {
  const { identifier, iterableFields } = options;
  if (impossible !== undefined) return ["cannot_fit", impossible];
  if (entry.target === IDENTIFIER_TARGETS[identifier]) return ["fits", joined(...steps, TELLS_APART)];
  const live = iterableFields.get(fieldName(entry.target));
  if (live !== undefined && entry.constant !== undefined) {
    const constant = compileEntry(entry, options)({});
    const value = constant.kind === "value" ? constant.value : undefined;
    const sent = coerce(value, live, options.zone);
    if (entry.target === "phoneNumber" && !isPhoneNumber(value))
      return ["cannot_fit", "no phone number in E.164, such as +14155550123"];
    if (fits(value, live, options.zone)) return ["fits", ""];
    return ["coerced", sent.ok ? `sent as ${JSON.stringify(sent.value)}` : ""];
  }
  if (live !== undefined && isMadeDate(made, entry.transform ?? [], live))
    return ["coerced", joined(...steps)];
  const [verdict, detail] = judge(entry.target, made);
  const isCast = steps.some((step) => step.startsWith("as "));
  return [verdict === "fits" && (isCast || isSelective) ? "coerced" : verdict, joined(...steps, detail)];
}

export function verdictOn(
  target: string,
  made: SourceType,
  options: MappingOptions,
  createNewFields: boolean,
): Verdict {
  const [verdict, detail] = fitVerdict(target, made, options, createNewFields);
  const isSent = verdict === "fits" || verdict === "coerced" || verdict === "created";
  if (!isSent) return [verdict, detail];
  const check = CHECKED[target] ?? "";
  return [
    verdict === "fits" && check !== "" ? "coerced" : verdict,
    joined(detail, check, sideEffectOf(target) ?? ""),
  ];
}

/** Fields whose values are looked at beyond their type, whatever maps them (see `createMapping`). */
const CHECKED: Readonly<Record<string, string>> = {
  phoneNumber: "valid E.164 numbers are sent, others are left out",
  email: "what can be an address is sent in lower case, others are left out",
};

function fitVerdict(
  target: string,
  made: SourceType,
  { iterableFields: fields, newTypes }: MappingOptions,
  createNewFields: boolean,
): Verdict {
  const live = fields.get(fieldName(target));
  if (live !== undefined) {
    const fit = fitOf(made, live);
    if (fit.fit === "coerced") return ["coerced", fit.how];
    return fit.fit === "fits" ? ["fits", ""] : ["cannot_fit", `${nameOf(made)} cannot become ${live}`];
  }
  const otherwise = createNewFields ? "a second field would be created" : "Iterable would leave it out";
  const twin = lookAlike(target, fields);
  if (twin !== undefined)
    return ["looks_like", `Iterable has "${twin}" (${fields.get(twin)}); as it is, ${otherwise}`];
  if (createNewFields) return ["created", newTypeOf(made, newTypes.get(fieldName(target)))];
  return ["dropped", "Iterable has no such field; create it there, or set create_new_fields"];
}

/** The first value that is sent decides on a field's type, for good ("Project field types", help center). */
function newTypeOf({ kinds }: SourceType, decided: FieldType | undefined): string {
  switch (decided) {
    case undefined:
      return kinds.length === 1 && kinds[0] === "string"
        ? "as string, or as date if its first value looks like one"
        : "as whatever its first value is";
    case "double":
      return "as double, by the first number with a fraction: whole ones before it are left out";
    case "string":
      return "as string, by the first text that does not look like a date: others before it are left out";
    default:
      return `as ${decided}`;
  }
}

export function whyNotSent(
  name: string,
  { entries, unmappedFields, iterableFields }: MappingOptions,
): string {
  if (entries && unmappedFields === "drop") return "no entry maps it, and unmapped_fields is drop";
  if (iterableFields.has(name)) return "it is managed by Iterable, or taken by the mapping";
  const twin = lookAlike(name, iterableFields);
  return `Iterable has no field of this name${twin ? `, but "${twin}"` : ""}`;
}

export const joined = (...parts: readonly string[]) => parts.filter((part) => part !== "").join("; ");
