import type { Contact } from "./contact.js";
import { merge } from "./order.js";

/** Contacts that wait behind one with the same key. */
export interface Parking<R> {
  has(key: string): boolean;
  /** Puts a contact behind those that wait already, merged into the last where that may be. */
  park(contact: Contact<R>): void;
  /** Puts the records of a merged contact that was rejected before those that wait: each gets a chance of its own. */
  split(contact: Contact<R>, parts: readonly Contact<R>[]): void;
  /** Takes out who waits for a key, in order. */
  leave(key: string): readonly Contact<R>[];
  /** Whether two contacts of one key may become one. */
  mayMerge(a: Contact<R>, b: Contact<R>): boolean;
  /** Has `made`, which was made out of a contact, be merged no more than that one. */
  inherit(made: Contact<R>, from: Contact<R>): void;
}

const NOBODY: readonly never[] = [];

export function createParking<R>(): Parking<R> {
  const parked = new Map<string, Contact<R>[]>();
  /** Which of a merged contact's records is at fault is not known when it is rejected: these are not merged again. */
  const alone = new WeakSet<Contact<R>>();
  const mayMerge = (a: Contact<R>, b: Contact<R>): boolean =>
    a.mode === b.mode && a.mode !== "restore" && !alone.has(a) && !alone.has(b);
  return {
    has: (key) => parked.has(key),
    park(contact) {
      const waiting = parked.get(contact.key);
      const last = waiting?.at(-1);
      if (!waiting || !last) parked.set(contact.key, [contact]);
      else if (!mayMerge(last, contact)) waiting.push(contact);
      else waiting[waiting.length - 1] = merge(last, contact);
    },
    split({ key }, parts) {
      for (const part of parts) alone.add(part);
      parked.set(key, [...parts, ...(parked.get(key) ?? [])]);
    },
    leave(key) {
      const waiting = parked.get(key);
      if (!waiting) return NOBODY;
      parked.delete(key);
      return waiting;
    },
    mayMerge,
    inherit(made, from) {
      if (alone.has(from)) alone.add(made);
    },
  };
}
