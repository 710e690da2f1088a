import type { JsonObject } from "../protocol/message.js";
import type { Contact } from "./batching.js";

/** The contact as an entry of `users` (API reference of users/bulkUpdate). */
export function asUser({ identifier, fields }: Contact<unknown>, kind: "email" | "user_id"): JsonObject {
  return {
    // preferUserId: in email-based projects an unknown user id is an error without it.
    ...(kind === "email" ? { email: identifier } : { userId: identifier, preferUserId: true }),
    dataFields: toDataFields(fields),
    ...(hasNested(fields) && { mergeNestedObjects: true }),
  };
}

/** Values by target as Iterable wants them: a dot in a target leads into an object. */
export function toDataFields(fields: Readonly<Record<string, unknown>>): JsonObject {
  if (!hasNested(fields)) return fields;
  const data: JsonObject = Object.create(null);
  for (const [target, value] of Object.entries(fields)) {
    const [outer = "", ...inner] = target.split(".");
    if (inner.length === 0) data[outer] = value;
    else {
      data[outer] ??= Object.create(null);
      (data[outer] as JsonObject)[inner.join(".")] = value;
    }
  }
  return data;
}

/** Whether any target leads into an object, whose other fields are to stay. */
export function hasNested(fields: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(fields).some((target) => target.includes("."));
}
