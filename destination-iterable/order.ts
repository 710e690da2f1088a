import { compareInstants } from "../protocol/instant.js";
import type { Contact, Cursor } from "./batching.js";

/** How many contacts the order table remembers. The oldest are forgotten first. */
export const ORDER_TABLE_SIZE = 100_000;

/** What this run has sent of a contact. */
interface Sent {
  readonly cursor: Cursor | undefined;
  readonly fields: ReadonlySet<string>;
}

/**
 * Remembers what has been delivered of which contact, so that an older record that arrives late does not undo a newer
 * one: it adds only fields that the newer one did not carry.
 */
export interface OrderTable {
  /** The contact without what a newer record has already said. */
  reduce<R>(contact: Contact<R>): Contact<R>;
  remember(contact: Contact<unknown>): void;
}

export function createOrderTable(size = ORDER_TABLE_SIZE): OrderTable {
  const table = new Map<string, Sent>();
  const fieldSets = new Map<string, ReadonlySet<string>>();

  // Contacts of one stream mostly carry the same fields: they share one set.
  const setOf = (fields: Readonly<Record<string, unknown>>): ReadonlySet<string> => {
    const names = Object.keys(fields);
    const id = names.join("\u0000");
    const known = fieldSets.get(id);
    if (known) return known;
    const set = new Set(names);
    if (fieldSets.size < 1000) fieldSets.set(id, set);
    return set;
  };

  return {
    reduce(contact) {
      const sent = table.get(contact.key);
      if (!sent || !isOlder(contact.cursor, sent.cursor)) return contact;
      const left = Object.entries(contact.fields).filter(([field]) => !sent.fields.has(field));
      return { ...contact, fields: Object.fromEntries(left) };
    },
    remember(contact) {
      const sent = table.get(contact.key);
      let { cursor } = contact;
      let fields = setOf(contact.fields);
      if (sent) {
        table.delete(contact.key);
        if (isOlder(cursor, sent.cursor)) {
          cursor = sent.cursor;
          fields = setOf(Object.fromEntries([...sent.fields, ...fields].map((field) => [field, true])));
        }
      }
      table.set(contact.key, { cursor, fields });
      if (table.size > size) table.delete(table.keys().next().value as string);
    },
  };
}

/** One contact out of two records of it that nobody has seen yet: the newer's values, and what only the older has. */
export function merge<R>(first: Contact<R>, second: Contact<R>): Contact<R> {
  const [older, newer] = isOlder(second.cursor, first.cursor) ? [second, first] : [first, second];
  return {
    ...newer,
    fields: { ...older.fields, ...newer.fields },
    records: [...first.records, ...second.records],
  };
}

/** Whether `a` is before `b`. What cannot be compared is taken in the order of arrival. */
function isOlder(a: Cursor | undefined, b: Cursor | undefined): boolean {
  return a !== undefined && b !== undefined && compareInstants(a, b) < 0;
}
