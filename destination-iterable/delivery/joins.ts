import { compareInstants, parseInstant } from "../../protocol/instant.js";
import type { FieldType } from "../iterable/field-types.js";
import { fieldName } from "../mapping/targets.js";
import type { Packed } from "./compact/packing.js";
import { type Contact, type Cursor, type Joins, withFields } from "./contact.js";
import type { Deliver, Delivered, Landed } from "./delivered.js";
import { createHeldValues, type Known, type ProfileReads, type Values } from "./held-values.js";
import { REJECTED_UNREADABLE, UNREADABLE, unlessUnreadable } from "./unreadable.js";

/**
 * Takes values to be joined with what profiles have (`merge`: first, append), before contacts are delivered. What the run
 * writes itself need not be readable.
 */
export function createJoiner<R>(options: {
  readonly profiles: ProfileReads;
  readonly pack: (contact: Contact<R>) => Packed<R>;
  readonly deliver: Deliver<R>;
  /** Told of contacts that were written. */
  readonly onWritten: (contact: Contact<R>) => void;
  /** Iterable's fields and their types. */
  readonly types: ReadonlyMap<string, FieldType>;
}) {
  const heldValues = createHeldValues(options.profiles);

  return async (batch: readonly Packed<R>[]): Promise<readonly Landed<R>[]> => {
    if (!batch.some(({ contact }) => contact.joins)) return options.deliver(batch);
    const after = new Map<string, Values>();
    const kept: Delivered<R>[] = [];
    const toSend = await Promise.all(
      batch.map(async (packed) => {
        const { contact } = packed;
        const { joins, fields } = contact;
        if (!joins || !Object.keys(fields).some((field) => joins.has(field))) return packed;
        const values = await unlessUnreadable(heldValues.of(contact, joins));
        if (values === UNREADABLE) {
          kept.push({ contact, outcome: REJECTED_UNREADABLE, dropped: [] });
          return undefined;
        }
        const joined = join(contact, joins, values, options.types);
        after.set(contact.key, joined.values);
        if (Object.keys(joined.fields).length > 0) return options.pack(withFields(contact, joined.fields));
        // Whatever it has to say, the profile says already.
        kept.push({ contact, outcome: { kind: "kept", reason: "exists" }, dropped: [] });
        return undefined;
      }),
    );
    const sent = toSend.filter((packed) => packed !== undefined);
    const delivered = sent.length === 0 ? [] : await options.deliver(sent);
    for (const { contact, outcome } of delivered) {
      const values = after.get(contact.key);
      if (!values || outcome.kind !== "delivered") continue;
      heldValues.wrote(contact, values);
      options.onWritten(contact);
    }
    return [...kept, ...delivered];
  };
}

/** What to write of a contact's fields, and what the profile's fields have then. */
function join(
  { fields, layers }: Pick<Contact<unknown>, "fields" | "layers">,
  joins: Joins,
  before: Values,
  types: ReadonlyMap<string, FieldType>,
): { readonly fields: Readonly<Record<string, unknown>>; readonly values: Values } {
  const written: Record<string, unknown> = {};
  const values = new Map(before);
  for (const [field, value] of Object.entries(fields)) {
    const how = joins.get(field);
    if (how === undefined) {
      written[field] = value;
      continue;
    }
    const known = before.get(field);
    const cursor = layers.find((layer) => Object.hasOwn(layer.fields, field))?.cursor;
    const added = how === "append" ? appended(known?.value, value, formOf(field, types)) : undefined;
    const joined = how === "append" ? added : isFirst(known, cursor) ? value : undefined;
    if (joined === undefined) continue;
    written[field] = joined;
    values.set(field, { value: joined, ours: true, cursor });
  }
  return { fields: written, values };
}

/** Whether nothing was there, but for what this run has written of a later moment. */
function isFirst(known: Known | undefined, cursor: Cursor | undefined): boolean {
  if (!known) return true;
  return known.ours && cursor !== undefined && known.cursor !== undefined
    ? compareInstants(cursor, known.cursor) < 0
    : false;
}

/** By what two values of a list are told apart. */
type Form = (item: unknown) => string;

/**
 * By what values of a field are told apart: those of a date by their moment, to the second, since Iterable gives dates
 * back in one form, whatever they were sent in (recorded).
 */
export function formOf(field: string, types: ReadonlyMap<string, FieldType>): Form {
  if (types.get(fieldName(field)) !== "date") return JSON.stringify;
  return (item) => {
    const moment = parseInstant(item);
    return moment ? String(moment.seconds) : JSON.stringify(item);
  };
}

/** A list with what it does not have yet; undefined where it has everything. */
export function appended(held: unknown, value: unknown, form: Form = JSON.stringify): unknown[] | undefined {
  const list = held === undefined || held === null ? [] : Array.isArray(held) ? [...held] : [held];
  const seen = new Set(list.map((item) => form(item)));
  const before = list.length;
  for (const item of Array.isArray(value) ? value : [value]) {
    const name = form(item);
    if (seen.has(name)) continue;
    seen.add(name);
    list.push(item);
  }
  return list.length > before ? list : undefined;
}
