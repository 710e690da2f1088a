import { compareInstants, parseInstant } from "../../protocol/instant.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { FieldType } from "../iterable/field-types.js";
import { splitPath } from "../mapping/paths.js";
import { fieldName } from "../mapping/targets.js";

/** The value that a profile has for a target: a dot leads into an object, `\.` is one in a name. Null counts as none. */
export function heldValue(held: JsonObject, target: string): unknown {
  const name = fieldName(target);
  if (Object.hasOwn(held, name)) return held[name] ?? undefined;
  let value: unknown = held;
  for (const part of splitPath(target)) value = isJsonObject(value) ? value[part] : undefined;
  return value ?? undefined;
}

/**
 * Whether a field that holds `held` holds this value, and nothing beside it: an object with another member is another.
 * Null is the same as no value. Dates are the same where they are the same moment, to the second, in whatever form.
 */
export function isSameValue(
  value: unknown,
  held: unknown,
  field: string,
  types: ReadonlyMap<string, FieldType>,
): boolean {
  if (value === held) return true;
  if (value === null || value === undefined || held === null || held === undefined)
    return (value ?? undefined) === (held ?? undefined);
  if (Array.isArray(value)) {
    return (
      Array.isArray(held) &&
      value.length === held.length &&
      value.every((item, index) => isSameValue(item, held[index], field, types))
    );
  }
  if (isJsonObject(value)) {
    if (!isJsonObject(held)) return false;
    const names = new Set([...Object.keys(value), ...Object.keys(held)]);
    return [...names].every((name) => isSameValue(value[name], held[name], `${field}.${name}`, types));
  }
  const type = types.get(fieldName(field)) ?? "unknown";
  if (type !== "date" && type !== "unknown") return false;
  const [a, b] = [parseInstant(value), parseInstant(held)];
  return a !== undefined && b !== undefined && compareInstants({ ...a, nanos: 0 }, { ...b, nanos: 0 }) === 0;
}
