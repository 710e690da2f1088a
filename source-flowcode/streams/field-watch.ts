import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { Tally } from "../tally.js";

/** Field names that are warned of, at most: a form builder can make any number of them. */
const MOST_FIELD_WARNINGS = 50;
/** Fields without a type in the catalog whose first type is remembered, at most. */
const MOST_REMEMBERED = 1000;

/** Compares records with the catalog's schema, and where that says nothing with the records before. */
export interface FieldWatch {
  /** The record, without the fields that the schema does not allow. Warns once per field, which is then counted. */
  pass(record: JsonObject): JsonObject;
}

export function createFieldWatch(schema: JsonObject, tally: Tally): FieldWatch {
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const listed = new Map(properties.map(([name, property]) => [name, typesOf(property)] as const));
  // A schema without properties has nothing to say about which fields there are.
  const lists = listed.size > 0;
  const closed = lists && schema.additionalProperties === false;
  const met = new Map<string, ReadonlySet<unknown>>();
  const warned = new Set<string>();
  const warn = (what: "unlisted_field" | "changed_type", name: string, problem: string) => {
    const key = `${what} ${name}`;
    if (warned.has(key)) return;
    if (warned.size >= MOST_REMEMBERED) return;
    warned.add(key);
    if (warned.size <= MOST_FIELD_WARNINGS) tally.warn(what, `the field "${name}" ${problem}`);
    else tally.count(what);
  };
  /** The types that a field was said to have, or the one that it had first. */
  const typesFor = (name: string, value: unknown): ReadonlySet<unknown> | undefined => {
    const known = listed.get(name) ?? met.get(name);
    if (!known && value !== null && met.size < MOST_REMEMBERED) met.set(name, new Set([typeName(value)]));
    return known;
  };

  return {
    pass(record) {
      let unlisted = false;
      for (const name in record) {
        const isListed = !lists || listed.has(name);
        if (!isListed) {
          unlisted = true;
          const outcome = closed ? "is left out, as its schema allows no others" : "is emitted all the same";
          warn("unlisted_field", name, `is not in the catalog and ${outcome}; run discover again`);
        }
        if (isListed || !closed) {
          const types = typesFor(name, record[name]);
          if (fits(record[name], types)) continue;
          const said = listed.get(name) ? "the catalog says; run discover again" : "it had before";
          warn("changed_type", name, `holds values of another type than ${said}`);
        }
      }
      if (!closed || !unlisted) return record;
      return Object.fromEntries(Object.entries(record).filter(([name]) => listed.has(name)));
    },
  };
}

function typesOf(property: unknown): ReadonlySet<unknown> | undefined {
  const type = isJsonObject(property) ? property.type : undefined;
  if (type === undefined) return undefined;
  return new Set(Array.isArray(type) ? type : [type]);
}

const typeName = (value: unknown): string => (Array.isArray(value) ? "array" : typeof value);

function fits(value: unknown, types: ReadonlySet<unknown> | undefined): boolean {
  if (types === undefined || value === null) return true;
  return types.has(typeName(value)) || (Number.isInteger(value) && types.has("integer"));
}
