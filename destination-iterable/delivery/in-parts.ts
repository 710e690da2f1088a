import { isJsonObject } from "../../protocol/message.js";
import { isInside, isWithin } from "../mapping/targets.js";
import { namesIn, type Packed } from "./compact/packing.js";
import { type Contact, withFields } from "./contact.js";
import type { Deliver, Landed } from "./delivered.js";

type Fields = Contact<unknown>["fields"];

/**
 * Delivers contacts that replace whole objects and write into others in two requests, the whole first: whether objects
 * are merged is a flag of the whole user (API reference of users/bulkUpdate), and one user must not be in a request
 * twice. Such a contact has ended when both parts have; all others are delivered as they are.
 */
export function inParts<R>(pack: (contact: Contact<R>) => Packed<R>, deliver: Deliver<R>): Deliver<R> {
  /** Whether any field of a set of names is inside an object: sets are shared by thousands of contacts. */
  const known = new WeakMap<ReadonlySet<string>, boolean>();
  const writesInside = (contact: Contact<R>): boolean => {
    const names = namesIn(contact);
    let inside = known.get(names);
    if (inside === undefined) {
      inside = [...names].some(isInside);
      known.set(names, inside);
    }
    return inside;
  };

  return async (batch) => {
    const parts = new Map<string, { readonly contact: Contact<R>; readonly second: Fields }>();
    const first = batch.map((packed) => {
      const { contact } = packed;
      const split = writesInside(contact) ? partsOf(contact.fields) : undefined;
      if (!split) return packed;
      parts.set(contact.key, { contact, second: split.inside });
      return pack(withFields(contact, split.whole));
    });
    const ended = await deliver(first);
    if (parts.size === 0) return ended;
    const second = ended.flatMap(({ contact, outcome }) => {
      const part = outcome.kind === "delivered" ? parts.get(contact.key) : undefined;
      return part ? [pack(withFields(part.contact, part.second))] : [];
    });
    const behind = new Map(
      (second.length > 0 ? await deliver(second) : []).map((one) => [one.contact.key, one]),
    );
    return ended.map((one) => {
      const part = parts.get(one.contact.key);
      return part ? joined(part.contact, one, behind.get(one.contact.key)) : one;
    });
  };
}

/** What replaces, and what goes into objects; undefined where one request says both. */
export function partsOf(fields: Fields): { readonly whole: Fields; readonly inside: Fields } | undefined {
  const entries = Object.entries(fields);
  const inside = entries.filter(([target]) => isInside(target));
  const whole = entries.filter(([target]) => !isInside(target));
  const replaces = whole.some(
    ([target, value]) =>
      isJsonObject(value) || (value === null && inside.some(([part]) => isWithin(part, target))),
  );
  if (inside.length === 0 || !replaces) return undefined;
  return { whole: Object.fromEntries(whole), inside: Object.fromEntries(inside) };
}

/** How the contact ended whose parts ended so. */
function joined<R>(contact: Contact<R>, first: Landed<R>, second: Landed<R> | undefined): Landed<R> {
  if (first.outcome.kind === "postponed") return { contact, outcome: first.outcome, dropped: first.dropped };
  const dropped = [...first.dropped, ...(second?.dropped ?? [])];
  const written =
    dropped.length === 0
      ? contact
      : withFields(contact, { ...first.contact.fields, ...second?.contact.fields });
  // Of a contact whose first part was delivered, the second is never postponed: somebody has been delivered.
  return { contact: written, outcome: second?.outcome ?? first.outcome, dropped } as Landed<R>;
}
