import { isJsonObject } from "../../protocol/message.js";
import type { LostReason } from "../accounting/reasons.js";
import type { FieldType } from "../iterable/field-types.js";
import { coerce, fits } from "../mapping/coercion.js";
import type { TimeZone } from "../mapping/dates/time-zone.js";
import { fieldName, isWithin, oneField } from "../mapping/targets.js";
import { type Contact, withFields } from "./contact.js";

/** A contact whose values have been made to fit. */
export interface Repair<R = unknown> {
  readonly contact: Contact<R>;
  /** Values that could not be made to fit and were left out. */
  readonly dropped: readonly { readonly field: string; readonly reason: LostReason }[];
}

/**
 * Changes those values of a contact that do not fit the types which Iterable expects: coerced where that is safe,
 * else left out. `insist`: the contact was refused alone, so that the named fields are left out even where they seem
 * to fit. Undefined where nothing had to change. A time without an offset was written in the zone.
 */
export function repairContact<R>(
  contact: Contact<R>,
  fields: ReadonlyMap<string, FieldType>,
  insist: boolean,
  zone: TimeZone,
): Repair<R> | undefined {
  const dropped: { field: string; reason: LostReason }[] = [];
  const given = contact.fields;
  let repaired: Record<string, unknown> | undefined;
  for (const [field, type] of fields) {
    const current: Readonly<Record<string, unknown>> = repaired ?? given;
    const place = find(current, field);
    if (!place || place.value === null) continue;
    const seemsToFit = type !== "unknown" && fits(place.value, type, zone);
    if (!insist && (seemsToFit || type === "unknown")) continue;
    const coerced = seemsToFit || type === "unknown" ? undefined : coerce(place.value, type, zone);
    repaired = { ...current };
    if (coerced?.ok) repaired[place.key] = withInner(current[place.key], place.inner, coerced.value);
    else {
      dropped.push({ field, reason: coerced ? coerced.reason : "type_mismatch" });
      if (place.inner.length === 0) delete repaired[place.key];
      else repaired[place.key] = withInner(current[place.key], place.inner, undefined);
    }
  }
  return repaired && { contact: withFields(contact, repaired), dropped };
}

/** The contact without the fields of those names, which are left out for the reason; undefined where it has none. */
export function leaveOut<R>(
  contact: Contact<R>,
  isMeant: (field: string) => boolean,
  reason: LostReason,
): Repair<R> | undefined {
  const entries = Object.entries(contact.fields);
  const left = entries.filter(([field]) => !isMeant(field));
  if (left.length === entries.length) return undefined;
  const dropped = entries.filter(([field]) => isMeant(field)).map(([field]) => ({ field, reason }));
  return { contact: withFields(contact, Object.fromEntries(left)), dropped };
}

/** Where a field's value stands: under its own name, or inside the object of a shorter name. */
function find(fields: Readonly<Record<string, unknown>>, field: string) {
  for (const key of [oneField(field), field])
    if (Object.hasOwn(fields, key)) return { key, inner: [], value: fields[key] };
  for (const key in fields) {
    const name = fieldName(key);
    if (name === field) return { key, inner: [], value: fields[key] };
    const inner = isWithin(field, name) ? pathIn(fields[key], field.slice(name.length + 1)) : undefined;
    if (inner) return { key, ...inner };
  }
  return undefined;
}

/** The way to a dotted name inside an object, whose members' names may have dots themselves. */
function pathIn(
  object: unknown,
  name: string,
): { readonly inner: readonly string[]; readonly value: unknown } | undefined {
  if (!isJsonObject(object)) return undefined;
  if (Object.hasOwn(object, name)) return { inner: [name], value: object[name] };
  for (const member in object) {
    const found = isWithin(name, member) ? pathIn(object[member], name.slice(member.length + 1)) : undefined;
    if (found) return { ...found, inner: [member, ...found.inner] };
  }
  return undefined;
}

/** A copy of `outer` with the value at the path put in, or taken out where it is undefined. */
function withInner(outer: unknown, path: readonly string[], value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined || !isJsonObject(outer)) return value;
  const copy = { ...outer };
  if (rest.length > 0) copy[name] = withInner(copy[name], rest, value);
  else if (value === undefined) delete copy[name];
  else copy[name] = value;
  return copy;
}
