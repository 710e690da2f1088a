import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import type { Mapped } from "../mapping/mapping.js";
import type { MappingOptions } from "../mapping/options.js";
import { compilePath, normalized } from "../mapping/paths.js";
import { fieldName, isWithin } from "../mapping/targets.js";
import { isEmpty } from "../mapping/text.js";
import { sourcesOf } from "../mapping/unmapped.js";
import { outlookOf, type PlanRow } from "./plan.js";

/** What became of one value of a record. */
export type StepVerdict =
  | "sent"
  /** Changed, so that it fits. */
  | "coerced"
  | "cleared"
  /** The record has no value. */
  | "empty"
  /** There is a value, and it cannot be sent: `reason` says why. */
  | "left_out"
  /** Nothing maps it. */
  | "not_sent";

/** One rule of the mapping and what it made of a record. The names of its keys are relied on by programs. */
export interface Step {
  /** What decides: `field_mapping[0]`, the `default` mapping, the `identifier`, or nothing: `unmapped`. */
  readonly place: string;
  readonly source: string | null;
  /** What the record has there. */
  readonly found: unknown;
  readonly target: string | null;
  readonly sent: unknown;
  readonly verdict: StepVerdict;
  /** Why it was left out, or how it was changed; may be empty. */
  readonly detail: string;
}

/**
 * Follows a record through a mapping, rule by rule. What is sent is what the mapping has made of it; the rules are those
 * of the plan. `properties` are the schemas of the stream's fields; where there are none, the record's own types count.
 */
export function stepsOf(
  options: MappingOptions,
  properties: JsonObject,
  createNewFields: boolean,
  record: JsonObject,
  mapped: Mapped,
): Step[] {
  const isDescribed = Object.keys(properties).length > 0;
  const schemas = isDescribed ? properties : schemasOf(record);
  const { rows } = outlookOf(
    { ...options, sourceFields: options.sourceFields ?? Object.keys(schemas) },
    schemas,
    createNewFields,
  );
  const unnamed = isDescribed ? Object.keys(record).filter((name) => !(name in properties)) : [];
  return [
    ...rows.map((row) => stepOf(row, options, record, mapped)),
    ...unnamed
      .filter((name) => !rows.some(({ source }) => source !== null && isNameOf(source, name)))
      .map((name) => notSent(name, record[name], "the catalog does not name the field")),
  ];
}

const isNameOf = (source: string, name: string) => normalized(source) === normalized(name);

function notSent(source: string, found: unknown, detail: string): Step {
  const verdict = isEmpty(found) ? "empty" : "not_sent";
  return { place: "unmapped", source, found: found ?? null, target: null, sent: null, verdict, detail };
}

/** What one rule has made of a record. */
export function stepOf(row: PlanRow, options: MappingOptions, record: JsonObject, mapped: Mapped): Step {
  const { place, source, target, detail } = row;
  const found = foundBy(row, options, record);
  const step = { place, source, found: found ?? null, target };
  if (target === null) return { ...notSent(source ?? "", found, detail), place };
  if (target === IDENTIFIER_TARGETS[options.identifier]) return { ...step, ...identified(found, mapped) };
  if (mapped.verdict !== "send") {
    const isCause = mapped.verdict === "reject" && mapped.field === target;
    return {
      ...step,
      sent: null,
      verdict: isEmpty(found) && !isCause ? "empty" : isCause ? "left_out" : "not_sent",
      detail: isCause ? mapped.reason : "the contact is not sent",
    };
  }
  const name = fieldName(target);
  const drops = mapped.dropped.filter(({ field }) => field === name || isWithin(field, name));
  const reasons = drops
    .map(({ field, reason }) => (field === name ? reason : `${field.slice(name.length + 1)}: ${reason}`))
    .join(", ");
  if (!(target in mapped.fields)) {
    const verdict = drops.length > 0 ? "left_out" : isEmpty(found) ? "empty" : "not_sent";
    return { ...step, sent: null, verdict, detail: drops.length > 0 ? reasons : detail };
  }
  const sent = mapped.fields[target];
  if (sent === null) return { ...step, sent, verdict: "cleared", detail: "clear_on_null" };
  const isSame = JSON.stringify(sent) === JSON.stringify(found);
  return { ...step, sent, verdict: isSame ? "sent" : "coerced", detail: reasons || (isSame ? "" : detail) };
}

function identified(found: unknown, mapped: Mapped): Pick<Step, "sent" | "verdict" | "detail"> {
  if (mapped.verdict === "send") {
    const isSame = mapped.identifier === found;
    return { sent: mapped.identifier, verdict: isSame ? "sent" : "coerced", detail: "tells contacts apart" };
  }
  const why = mapped.verdict === "reject" && mapped.key === undefined ? mapped.reason : undefined;
  return { sent: null, verdict: why ? "left_out" : "not_sent", detail: why ?? "the contact is not sent" };
}

/** What the record has where a rule looks: of several places, those that have something. */
function foundBy({ place, source }: PlanRow, { entries }: MappingOptions, record: JsonObject): unknown {
  const index = /^field_mapping\[(\d+)\]$/.exec(place)?.[1];
  const entry = index === undefined ? undefined : entries?.[Number(index)];
  if (entry?.constant !== undefined) return entry.constant;
  const paths = entry ? sourcesOf(entry) : source === null ? [] : [source];
  const values = paths.map((path) => compilePath(path)(record)?.value);
  if (entry?.template !== undefined) return values.filter((value) => !isEmpty(value)).join(" ") || undefined;
  return values.find((value) => !isEmpty(value)) ?? values[0];
}

/** Schemas that say of a record's values what they are. */
function schemasOf(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, schemaOf(value)]));
}

function schemaOf(value: unknown): JsonObject {
  if (Array.isArray(value)) return { type: "array", items: value.length > 0 ? schemaOf(value[0]) : {} };
  if (isJsonObject(value)) return { type: "object", properties: schemasOf(value) };
  if (value === null || value === undefined) return {};
  return { type: Number.isInteger(value) ? "integer" : typeof value };
}
