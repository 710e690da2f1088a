import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { bodyOf, type Packed } from "../delivery/compact/packing.js";
import type { Contact } from "../delivery/contact.js";
import { fieldName, isInside, outermost } from "../mapping/targets.js";

/** The contact as an entry of `users` (API reference of users/bulkUpdate). */
export function asUser({ identifier, fields }: Contact<unknown>, kind: "email" | "user_id"): JsonObject {
  const dataFields = toDataFields(fields);
  const user: JsonObject =
    kind === "email"
      ? { email: identifier, dataFields }
      : // preferUserId: in email-based projects an unknown user id is an error without it.
        { userId: identifier, preferUserId: true, dataFields };
  if (dataFields !== fields && hasNested(fields)) user.mergeNestedObjects = true;
  return user;
}

/** The contact as an entry of `subscribers` (API reference of lists/subscribe): its profile has been written before. */
export function asSubscriber({ identifier }: Contact<unknown>, kind: "email" | "user_id"): JsonObject {
  return kind === "email" ? { email: identifier } : { userId: identifier };
}

/** The body of users/bulkUpdate. `createNewFields` is the whole request's, and always said (API reference). */
export function usersBody(members: readonly Packed<unknown>[], createNewFields: boolean): Uint8Array {
  return bodyOf({ createNewFields }, "users", members);
}

/** The body of lists/subscribe. */
export function subscribersBody(members: readonly Packed<unknown>[], listId: number): Uint8Array {
  return bodyOf({ listId }, "subscribers", members);
}

/**
 * Values by target as Iterable wants them: a dot in a target leads into an object, an escaped one is part of a name.
 * Where two records of a contact have been merged, a target may be there as a whole and in part: the part goes into an
 * object, and yields to anything else. (They are sent apart: see inParts.)
 */
export function toDataFields(fields: Readonly<Record<string, unknown>>): JsonObject {
  if (!hasDots(fields)) return fields;
  const data: JsonObject = Object.create(null);
  const nested: [target: string, value: unknown][] = [];
  for (const entry of Object.entries(fields)) {
    if (isInside(entry[0])) nested.push(entry);
    else data[fieldName(entry[0])] = entry[1];
  }
  const copied = new Set<string>();
  for (const [target, value] of nested) {
    const outer = outermost(target);
    const whole = outer in data ? data[outer] : {};
    if (!isJsonObject(whole)) continue;
    // The object may be the record's own, which stays as it is.
    const object = copied.has(outer) ? whole : { ...whole };
    copied.add(outer);
    object[fieldName(target).slice(outer.length + 1)] = value;
    data[outer] = object;
  }
  return data;
}

/** Whether any target leads into an object, whose other fields are to stay. */
export function hasNested(fields: Readonly<Record<string, unknown>>): boolean {
  for (const target in fields) if (isInside(target)) return true;
  return false;
}

/** Whether any target is written otherwise than it is called. */
function hasDots(fields: Readonly<Record<string, unknown>>): boolean {
  for (const target in fields) if (target.includes(".")) return true;
  return false;
}
