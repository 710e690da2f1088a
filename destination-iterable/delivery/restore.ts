import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { FieldType } from "../iterable/field-types.js";
import { oneField } from "../mapping/targets.js";
import { heldValue, isSameValue } from "./same-value.js";

/** What a run has changed in a profile: the member `undo` of a line of its previous values. */
export interface Change {
  readonly identifier: string;
  /** When the run wrote it, in ms since 1970. */
  readonly at: number;
  /** Whether the run has created the profile, which then stays. */
  readonly created: boolean;
  /** What the changed fields held, by target. Those that are not in it had no value. */
  readonly before: JsonObject;
  /** What the run has written into them. Null: it has removed the value. */
  readonly wrote: JsonObject;
  /** Objects that the profile had not, and has since a field inside of them was written. */
  readonly objects: readonly string[];
}

/** Reads a change; undefined where it is none. */
export function readChange(undo: JsonObject): Change | undefined {
  const { identifier, at, created = false, before = {}, wrote = {}, objects = [] } = undo;
  const time = Date.parse(String(at));
  if (typeof identifier !== "string" || Number.isNaN(time) || typeof created !== "boolean") return undefined;
  if (!isJsonObject(before) || !isJsonObject(wrote)) return undefined;
  if (Object.keys(before).some((field) => !Object.hasOwn(wrote, field))) return undefined;
  if (!Array.isArray(objects)) return undefined;
  return { identifier, at: time, created, before, wrote, objects: objects.map(String) };
}

/** What would put a profile back: null where a field had no value. */
export function valuesBefore({ before, wrote }: Change): JsonObject {
  return Object.fromEntries(Object.keys(wrote).map((field) => [field, before[field] ?? null]));
}

/** What to do about a profile that a run has changed. */
export interface Restoration {
  /** What is put back. */
  readonly write: JsonObject;
  /** Fields that somebody has changed since. */
  readonly changed: readonly string[];
}

/** Puts back what still is as the run has left it; what is as before, or has been changed since, stays. */
export function restoration(
  change: Change,
  held: JsonObject,
  types: ReadonlyMap<string, FieldType>,
): Restoration {
  const write: JsonObject = {};
  const changed: string[] = [];
  for (const [field, before] of Object.entries(valuesBefore(change))) {
    const now = heldValue(held, field);
    if (isSameValue(before, now, field, types)) continue;
    if (isSameValue(change.wrote[field], now, field, types)) write[field] = before;
    else changed.push(field);
  }
  for (const object of change.objects) removeWhole(object, write, held);
  return { write, changed };
}

/** Removes an object that would be left empty, in place of all that is in it. */
function removeWhole(object: string, write: JsonObject, held: JsonObject): void {
  const now = heldValue(held, object);
  if (!isJsonObject(now)) return;
  const parts = Object.keys(now).map((name) => `${object}.${oneField(name)}`);
  if (!parts.every((part) => write[part] === null)) return;
  for (const part of parts) delete write[part];
  write[object] = null;
}
