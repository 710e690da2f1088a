import { compareInstants } from "../../protocol/instant.js";
import { isInside, outermost } from "../mapping/targets.js";
import { namesIn } from "./compact/packing.js";
import { createSentMemory, type Sent } from "./compact/sent-memory.js";
import type { Contact, Cursor, Layer } from "./contact.js";
import { appended } from "./joins.js";

/** How many contacts the order table remembers at most. The oldest are forgotten first. */
export const ORDER_TABLE_SIZE = 100_000;

/**
 * Remembers what has been delivered of which contact, so that an older record that arrives late does not undo a newer
 * one: it adds only fields that no newer record has carried.
 */
export interface OrderTable {
  /** The contact without what newer records have already said. */
  reduce<R>(contact: Contact<R>): Contact<R>;
  remember(contact: Contact<unknown>): void;
}

export function createOrderTable(size = ORDER_TABLE_SIZE): OrderTable {
  const table = createSentMemory(size);
  return {
    reduce(contact) {
      const sent = table.get(contact.key);
      if (!sent) return contact;
      let reduced = false;
      const layers = contact.layers.map((layer) => {
        const left = Object.entries(layer.fields).filter(
          ([field]) => contact.joins?.has(field) || !isSaid(field, layer.cursor, sent),
        );
        if (left.length === Object.keys(layer.fields).length) return layer;
        reduced = true;
        return { ...layer, fields: Object.fromEntries(left) };
      });
      return reduced ? { ...contact, layers, fields: flatten(layers) } : contact;
    },
    remember({ key, layers }) {
      const sent: Omit<Sent, "older">[] = [];
      for (const layer of layers) {
        if (layer.cursor) sent.push({ cursor: layer.cursor, fields: namesIn(layer) });
      }
      for (let before = table.get(key); before; before = before.older) sent.push(before);
      const newest = linked(sent);
      if (newest) table.set(key, newest);
    },
  };
}

/** The entries by age, without those that say nothing that something newer does not say too. */
function linked(entries: Omit<Sent, "older">[]): Sent | undefined {
  const [first] = entries as [Sent];
  if (entries.length === 1) return { cursor: first.cursor, fields: first.fields, older: undefined };
  const covered = new Set<string>();
  return entries
    .sort((a, b) => compareInstants(b.cursor, a.cursor))
    .filter(({ fields }) => {
      const before = covered.size;
      for (const field of fields) covered.add(field);
      return covered.size > before;
    })
    .reduceRight<Sent | undefined>((older, { cursor, fields }) => ({ cursor, fields, older }), undefined);
}

/** Whether something newer than `cursor` has carried the field. */
function isSaid(field: string, cursor: Cursor | undefined, newest: Sent): boolean {
  for (let sent: Sent | undefined = newest; sent; sent = sent.older) {
    if (isOlder(cursor, sent.cursor) && isAmong(field, sent.fields)) return true;
  }
  return false;
}

/** Whether the field is among these, itself or with the whole object that it is in. */
function isAmong(field: string, fields: ReadonlySet<string>): boolean {
  return fields.has(field) || (isInside(field) && fields.has(outermost(field)));
}

/** One contact out of two of the same key that nobody has seen yet: of each field, the newest value. */
export function merge<R>(first: Contact<R>, second: Contact<R>): Contact<R> {
  const newestFirst = [...second.layers, ...first.layers].sort((a, b) =>
    isOlder(a.cursor, b.cursor) ? 1 : isOlder(b.cursor, a.cursor) ? -1 : 0,
  );
  const { joins } = second;
  const covered = new Set<string>();
  const layers: Layer[] = [];
  for (const [place, { cursor, fields }] of newestFirst.entries()) {
    const own = Object.entries(fields).filter(
      ([field]) =>
        !isAmong(field, covered) && !(joins?.get(field) === "first" && isIn(newestFirst, place, field)),
    );
    for (const entry of own) {
      if (joins?.get(entry[0]) === "append") entry[1] = gathered(newestFirst, entry[0]);
    }
    for (const [field] of own) covered.add(field);
    if (own.length > 0) layers.push({ cursor, fields: Object.fromEntries(own) });
  }
  const { key, identifier, mode } = second;
  return {
    key,
    identifier,
    mode,
    joins,
    layers,
    fields: flatten(layers),
    records: [...first.records, ...second.records],
    parts: [...(first.parts ?? [first]), ...(second.parts ?? [second])],
  };
}

/** Whether a layer behind this one, which is older, has the field. */
function isIn(newestFirst: readonly Layer[], place: number, field: string): boolean {
  return newestFirst.slice(place + 1).some(({ fields }) => Object.hasOwn(fields, field));
}

/** All values of a field, oldest first, without doubles. */
function gathered(newestFirst: readonly Layer[], field: string): unknown {
  const values = newestFirst.flatMap(({ fields }) => (Object.hasOwn(fields, field) ? [fields[field]] : []));
  return values.reduceRight<unknown>((list, value) => appended(list, value) ?? list, undefined);
}

/** The values of all layers, of which no two say the same field. */
function flatten(layers: readonly Layer[]): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...layers.map(({ fields }) => fields));
}

/** Whether `a` is before `b`. What cannot be compared is taken in the order of arrival. */
function isOlder(a: Cursor | undefined, b: Cursor | undefined): boolean {
  return a !== undefined && b !== undefined && compareInstants(a, b) < 0;
}
