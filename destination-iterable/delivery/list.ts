import type { Packed } from "./compact/packing.js";
import type { Contact } from "./contact.js";
import type { Delivered } from "./delivery.js";

/**
 * Subscribes to a list whoever of a batch has a profile now: contacts that were delivered, and those that were kept
 * because they exist. Who cannot be subscribed ends as rejected, at the stage `list`.
 */
export async function subscribeToList<R>(
  ended: readonly Delivered<R>[],
  pack: (contact: Contact<R>) => Packed<R>,
  subscribe: (batch: readonly Packed<R>[]) => Promise<Delivered<R>[]>,
): Promise<Delivered<R>[]> {
  const present = ended.filter(({ contact, outcome }) =>
    outcome.kind === "kept"
      ? outcome.reason === "exists"
      : outcome.kind === "delivered" && contact.mode !== "restore",
  );
  if (present.length === 0) return [...ended];
  const subscribed = await subscribe(present.map(({ contact }) => pack(contact)));
  const failed = new Map(subscribed.map(({ contact, outcome }) => [contact.key, outcome]));
  return ended.map((one) => {
    const outcome = failed.get(one.contact.key);
    return outcome?.kind === "rejected" ? { ...one, outcome } : one;
  });
}
