import { UnreadableProfile } from "../iterable/read-errors.js";

/** Stands for a profile that Iterable cannot read. */
export const UNREADABLE = Symbol("unreadable");

/** How a contact ends whose profile Iterable cannot read, where what is sent depends on it. */
export const REJECTED_UNREADABLE = { kind: "rejected", stage: "look_up", reason: "unreadable" } as const;

/** What a look-up finds, or `UNREADABLE` where Iterable fails on this profile alone; every other failure is thrown. */
export async function unlessUnreadable<T>(read: Promise<T>): Promise<T | typeof UNREADABLE> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof UnreadableProfile) return UNREADABLE;
    throw error;
  }
}
