import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { bodyOf, type Packed } from "../delivery/compact/packing.js";
import type { Contact } from "../delivery/contact.js";
import { fieldName, isInside, outermost } from "../mapping/targets.js";

/** Events of a time that no clock says are sent without one, and happen when they arrive. */
const EARLIEST = 0;
/** Seconds are below this until the year 5138: a greater cursor counts milliseconds. */
const MILLISECONDS = 100_000_000_000;

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

/**
 * An entry of `events` (API reference of events/trackBulk). The contact's key is the event's id, by which one that comes
 * again replaces itself; its cursor is when it happened, which Iterable wants in whole seconds.
 */
export function asEvent(
  { key, identifier, fields, layers }: Contact<unknown>,
  eventName: string,
  kind: "email" | "user_id",
  createNewFields: boolean,
): JsonObject {
  const createdAt = secondsOf(layers[0]?.cursor?.seconds);
  return {
    eventName,
    ...(kind === "email" ? { email: identifier } : { userId: identifier }),
    id: key,
    ...(createdAt !== undefined && { createdAt }),
    dataFields: toDataFields(fields),
    createNewFields,
  };
}

function secondsOf(cursor: number | undefined): number | undefined {
  if (cursor === undefined || !Number.isFinite(cursor)) return undefined;
  const seconds = Math.floor(cursor > MILLISECONDS ? cursor / 1000 : cursor);
  return seconds >= EARLIEST ? seconds : undefined;
}

/** The body of users/bulkUpdate. `createNewFields` is the whole request's, and always said (API reference). */
export function usersBody(members: readonly Packed<unknown>[], createNewFields: boolean): Uint8Array {
  return bodyOf({ createNewFields }, "users", members);
}

/** The body of lists/subscribe. */
export function subscribersBody(members: readonly Packed<unknown>[], listId: number): Uint8Array {
  return bodyOf({ listId }, "subscribers", members);
}

/** The body of events/trackBulk. `createNewFields` is each event's own (API reference). */
export function eventsBody(members: readonly Packed<unknown>[]): Uint8Array {
  return bodyOf({}, "events", members);
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
