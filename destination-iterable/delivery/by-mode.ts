import type { Lookups } from "../existing/look-ups.js";
import type { Packed } from "./compact/packing.js";
import { type Contact, withFields } from "./contact.js";
import type { Deliver, Delivered, Landed } from "./delivered.js";
import type { Undo, Undone } from "./undo.js";
import { REJECTED_UNREADABLE, UNREADABLE, unlessUnreadable } from "./unreadable.js";
import { decide, needsLookup } from "./write-mode.js";

/**
 * Delivers a batch as the contacts' modes ask: looks up, just before writing, those whose mode depends on what Iterable
 * holds, keeps the ones that are to be left alone, and sends of the others what is to be written. What somebody else
 * writes between the look-up and the write is not seen: Iterable has no conditional write.
 */
export async function deliverByMode<R>(
  batch: readonly Packed<R>[],
  lookups: Lookups,
  pack: (contact: Contact<R>) => Packed<R>,
  deliver: Deliver<R>,
  undo: Undo,
): Promise<readonly Landed<R>[]> {
  // A promise for every contact would cost more than all else that is done with it.
  if (!batch.some(({ contact }) => needsLookup(contact.mode))) return deliver(batch);
  const kept: Delivered<R>[] = [];
  const leftAsIs = new Map<string, Delivered<R>["dropped"]>();
  const toSend = await Promise.all(
    batch.map(async (packed) => {
      const { contact } = packed;
      if (!needsLookup(contact.mode)) return packed;
      const { fields } = contact;
      const decision = await unlessUnreadable(decisionOn(contact, lookups, undo));
      if (decision === UNREADABLE) {
        kept.push({ contact, outcome: REJECTED_UNREADABLE, dropped: [] });
        return undefined;
      }
      const dropped = decision.changed.map((field) => ({ field, reason: "changed_since" as const }));
      if ("keep" in decision) {
        kept.push({ contact, outcome: { kind: "kept", reason: decision.keep }, dropped });
        return undefined;
      }
      if (dropped.length > 0) leftAsIs.set(contact.key, dropped);
      return decision.write === fields ? packed : pack(withFields(contact, decision.write));
    }),
  );
  const sent = toSend.filter((packed) => packed !== undefined);
  const delivered = sent.length === 0 ? [] : await deliver(sent);
  for (const { contact, outcome } of delivered) {
    if (outcome.kind === "delivered" && needsLookup(contact.mode)) lookups.wrote(contact);
  }
  return [...kept, ...delivered.map((one) => withDropped(one, leftAsIs.get(one.contact.key)))];
}

async function decisionOn(contact: Contact<unknown>, lookups: Lookups, undo: Undo): Promise<Undone> {
  if (contact.mode === "restore") return undo.decide(contact);
  return { ...decide(contact.mode, contact.fields, await lookups.before(contact)), changed: [] };
}

function withDropped<R>(one: Landed<R>, dropped: Delivered<R>["dropped"] | undefined): Landed<R> {
  return dropped ? { ...one, dropped: [...one.dropped, ...dropped] } : one;
}
