import { compareInstants, parseInstant } from "../../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { Joins } from "../delivery/contact.js";
import { appended, formOf } from "../delivery/joins.js";
import { heldValue } from "../delivery/same-value.js";
import type { WriteMode } from "../delivery/write-mode.js";
import type { FieldType } from "../iterable/field-types.js";
import { fieldName } from "../mapping/targets.js";

/** How a field of a profile stands to what is sent for it. The names of its keys are relied on by programs. */
export interface FieldComparison {
  readonly field: string;
  readonly sent: unknown;
  /** Null where the profile has no value. */
  readonly held: unknown;
  readonly verdict: FieldVerdict;
}

export type FieldVerdict =
  | "same"
  | "differs"
  /** The profile has no value. */
  | "missing"
  /** The profile has another value, and the overwrite mode or the entry's `merge` says that it stays. */
  | "left_alone"
  /** Iterable does not have the field, and may not create it. */
  | "no_such_field";

/** How a profile stands to a contact. */
export type ProfileVerdict = "agrees" | "differs" | "absent" | "left_alone";

export interface Comparison {
  readonly verdict: ProfileVerdict;
  readonly fields: readonly FieldComparison[];
}

export interface ComparisonOptions {
  readonly mode: WriteMode;
  readonly types: ReadonlyMap<string, FieldType>;
  readonly createNewFields: boolean;
  readonly joins?: Joins | undefined;
}

/**
 * Compares what a contact sends with what its profile holds; undefined: there is none. A profile agrees when it holds at
 * least what is sent: other fields of it, and of objects in it, are nobody's affair. Dates agree as moments.
 */
export function compareWithHeld(
  sent: Readonly<Record<string, unknown>>,
  held: JsonObject | undefined,
  options: ComparisonOptions,
): Comparison {
  const fields = Object.entries(sent).map(([field, value]) =>
    compareField(field, value, held ?? {}, options),
  );
  if (!held) return { verdict: options.mode === "update" ? "left_alone" : "absent", fields };
  const verdicts = new Set(fields.map(({ verdict }) => verdict));
  if (verdicts.has("differs") || verdicts.has("missing")) return { verdict: "differs", fields };
  return { verdict: verdicts.has("left_alone") ? "left_alone" : "agrees", fields };
}

function compareField(
  field: string,
  sent: unknown,
  held: JsonObject,
  { mode, types, createNewFields, joins }: ComparisonOptions,
): FieldComparison {
  const found = heldValue(held, field);
  const isKnown = (name: string) => createNewFields || types.has(fieldName(name));
  const join = joins?.get(field);
  const verdict = (): FieldVerdict => {
    if (agrees(sent, found, field, types, isKnown)) return "same";
    if (!isKnown(field)) return "no_such_field";
    if (join === "first" && found !== undefined) return "left_alone";
    // A list that has all of it, and more, has nothing added to it.
    if (join === "append" && found !== undefined && appended(found, sent, formOf(field, types)) === undefined)
      return "same";
    if (mode === "keep_existing") return "left_alone";
    if (mode === "fill_missing" && (found !== undefined || sent === null)) return "left_alone";
    return found === undefined ? "missing" : "differs";
  };
  return { field, sent, held: found ?? null, verdict: verdict() };
}

function agrees(
  sent: unknown,
  held: unknown,
  field: string,
  types: ReadonlyMap<string, FieldType>,
  isKnown: (field: string) => boolean,
): boolean {
  if (sent === null || sent === undefined) return held === undefined;
  if (sent === held) return true;
  if (Array.isArray(sent)) {
    return (
      Array.isArray(held) &&
      held.length === sent.length &&
      sent.every((item, index) => agrees(item, held[index] ?? undefined, field, types, isKnown))
    );
  }
  if (isJsonObject(sent)) {
    const isLocation = types.get(fieldName(field)) === "geo_location";
    return (
      isJsonObject(held) &&
      Object.entries(sent).every(([name, value]) => {
        const inner = `${field}.${name}`;
        return (
          (!isLocation && !isKnown(inner)) || agrees(value, held[name] ?? undefined, inner, types, isKnown)
        );
      })
    );
  }
  const type = types.get(fieldName(field)) ?? "unknown";
  if (type !== "date" && type !== "unknown") return false;
  // Iterable gives dates back as "yyyy-MM-dd HH:mm:ss +00:00", in whatever form they were sent (recorded).
  const [a, b] = [parseInstant(sent), parseInstant(held)];
  return a !== undefined && b !== undefined && compareInstants({ ...a, nanos: 0 }, { ...b, nanos: 0 }) === 0;
}
