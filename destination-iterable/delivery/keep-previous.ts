import type { JsonObject } from "../../protocol/message.js";
import type { Previous, PreviousValues } from "../accounting/previous.js";
import type { Admitted } from "../accounting/settlement.js";
import type { FieldType } from "../iterable/field-types.js";
import { isInside, oneField, outermost } from "../mapping/targets.js";
import type { Packed } from "./compact/packing.js";
import type { Contact } from "./contact.js";
import type { Deliver, Delivered, Landed } from "./delivered.js";
import { heldValue, isSameValue } from "./same-value.js";
import { REJECTED_UNREADABLE, UNREADABLE, unlessUnreadable } from "./unreadable.js";

const NOTHING = { before: {}, wrote: {}, objects: [] };

/**
 * Delivers a batch once it is on disk what the profiles hold of the fields that it changes. Who had no profile is noted
 * as created once the profile is there. Whose profile cannot be read is not written: nobody could put it back.
 */
export async function deliverKeepingPrevious(
  batch: readonly Packed<Admitted>[],
  options: {
    readonly previous: Previous;
    /** The fields of a contact's profile; undefined where it has none yet. */
    readonly held: (contact: Contact<unknown>) => Promise<JsonObject | undefined>;
    readonly types: ReadonlyMap<string, FieldType>;
    readonly deliver: Deliver<Admitted>;
  },
): Promise<readonly Landed<Admitted>[]> {
  const { previous, types } = options;
  const found = new Map<string, JsonObject | undefined>();
  const sent = new Map<string, Contact<Admitted>>();
  const unreadable: Delivered<Admitted>[] = [];
  await Promise.all(
    batch.map(async ({ contact }) => {
      const held = await unlessUnreadable(options.held(contact));
      if (held === UNREADABLE)
        return void unreadable.push({ contact, outcome: REJECTED_UNREADABLE, dropped: [] });
      sent.set(contact.key, contact);
      found.set(contact.key, held);
    }),
  );
  const note = (contact: Contact<Admitted>, held: JsonObject): void => {
    const change = changeOf(contact.fields, held, types);
    if (!change) return;
    const { stream } = contact.records[0] as Admitted;
    previous.add({ stream, identifier: contact.identifier, created: false, ...change });
  };
  for (const { contact } of batch) {
    const held = found.get(contact.key);
    if (held) note(contact, held);
  }
  await previous.flush();
  const toSend = unreadable.length === 0 ? batch : batch.filter(({ contact }) => sent.has(contact.key));
  const delivered = toSend.length === 0 ? [] : await options.deliver(toSend);
  for (const { contact, outcome } of delivered) {
    if (outcome.kind !== "delivered") continue;
    const held = found.get(contact.key);
    const { stream } = contact.records[0] as Admitted;
    if (!held) previous.add({ stream, identifier: contact.identifier, created: true, ...NOTHING });
    // Some values were changed on the way, to fit their fields: what counts is what was written.
    else if (contact !== sent.get(contact.key)) note(contact, held);
  }
  await previous.flush();
  return [...unreadable, ...delivered];
}

/** What sending these fields changes; undefined: nothing. */
function changeOf(
  fields: Readonly<Record<string, unknown>>,
  held: JsonObject,
  types: ReadonlyMap<string, FieldType>,
): Pick<PreviousValues, "before" | "wrote" | "objects"> | undefined {
  const before: JsonObject = {};
  const wrote: JsonObject = {};
  const objects = new Set<string>();
  for (const [field, value] of Object.entries(fields)) {
    const heldNow = heldValue(held, field);
    if (isSameValue(value, heldNow, field, types)) continue;
    wrote[field] = value;
    if (heldNow !== undefined) before[field] = heldNow;
    if (!isInside(field)) continue;
    const object = oneField(outermost(field));
    if (heldValue(held, object) === undefined) objects.add(object);
  }
  return Object.keys(wrote).length > 0 ? { before, wrote, objects: [...objects] } : undefined;
}
