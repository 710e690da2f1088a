import type { JsonObject } from "../../protocol/message.js";
import type { Contact } from "../delivery/contact.js";
import { toDataFields } from "./bodies.js";

/** Events of a time that no clock says are sent without one, and happen when they arrive. */
const EARLIEST = 0;
/** Seconds are below this until the year 5138: a greater cursor counts milliseconds. */
const MILLISECONDS = 100_000_000_000;

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
