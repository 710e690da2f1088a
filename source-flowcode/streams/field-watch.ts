import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import type { Tally } from "../tally.js";

/** Field names that are warned of, at most: a form builder can make any number of them. */
const MOST_FIELD_WARNINGS = 50;
/** Fields that are remembered, at most, and the characters of all their names. */
const MOST_FIELDS = 5_000;
const MOST_NAME_CHARACTERS = 256 * 1024;
/** So much of a name is printed. */
const PRINTED_CHARACTERS = 100;

/** JSON Schema's names of types, each at the place of its bit in a field's `kinds`. */
const TYPES = ["string", "integer", "number", "boolean", "object", "array"] as const;
const [STRING, INTEGER, NUMBER, BOOLEAN, OBJECT, ARRAY] = [1, 2, 4, 8, 16, 32] as const;

/** The fields that a run has met, as data. */
export interface Inventory {
  /** How many records were looked at. */
  readonly read: number;
  readonly fields: readonly {
    readonly name: string;
    readonly types: readonly string[];
    /** In how many records the field holds something. */
    readonly filled: number;
  }[];
  /** Whether there were more fields than are remembered. */
  readonly more: boolean;
}

/** Compares records with the catalog's schema, and where that says nothing with the records before. */
export interface FieldWatch {
  /** The record, without the fields that the schema does not allow. Warns once per field, which is then counted. */
  pass(record: JsonObject): JsonObject;
  inventory(): Inventory;
}

/** What is known of a field. */
interface Field {
  readonly name: string;
  readonly listed: boolean;
  /** The types that the catalog lists, or the first one met; 0: any, or none yet. */
  expected: number;
  /** The types met. */
  kinds: number;
  filled: number;
  /** Whether another type than the expected was met. */
  changed: boolean;
}

export function createFieldWatch(schema: JsonObject, tally: Tally): FieldWatch {
  const properties = isJsonObject(schema.properties) ? Object.entries(schema.properties) : [];
  const fields = new Map<string, Field>();
  for (const [name, property] of properties) {
    fields.set(name, {
      name,
      listed: true,
      expected: kindsIn(property),
      kinds: 0,
      filled: 0,
      changed: false,
    });
  }
  // A schema without properties has nothing to say about which fields there are.
  const lists = fields.size > 0;
  const closed = lists && schema.additionalProperties === false;
  let read = 0;
  let room = { fields: MOST_FIELDS, characters: MOST_NAME_CHARACTERS };
  let more = false;
  const warn = createFieldWarning(tally);
  /** A field that is met for the first time; undefined where no more can be remembered. */
  const admit = (name: string): Field | undefined => {
    room = { fields: room.fields - 1, characters: room.characters - name.length };
    if (room.fields < 0 || room.characters < 0) {
      more = true;
      return undefined;
    }
    const field: Field = { name, listed: false, expected: 0, kinds: 0, filled: 0, changed: false };
    fields.set(name, field);
    if (lists) {
      const outcome = closed ? "is left out, because its schema allows no others" : "is emitted all the same";
      warn("unlisted_field", name, `is not in the catalog and ${outcome}; run discover again`);
    }
    return field;
  };
  /** A type that a field has for the first time. */
  const meet = (field: Field, kind: number) => {
    field.kinds |= kind;
    if (closed && !field.listed) return;
    if (field.expected === 0) field.expected = kind === INTEGER || kind === NUMBER ? INTEGER | NUMBER : kind;
    if ((field.expected & kind) !== 0 || field.changed) return;
    field.changed = true;
    const said = field.listed ? "the catalog says; run discover again" : "it had before";
    warn("changed_type", field.name, `holds values of another type than ${said}`);
  };

  return {
    pass(record) {
      read += 1;
      let unlisted = false;
      for (const name in record) {
        const field = fields.get(name) ?? (more ? undefined : admit(name));
        if (field?.listed !== true) unlisted = true;
        const value = record[name];
        if (field === undefined || value === null || value === undefined) continue;
        if (value !== "") field.filled += 1;
        const kind = kindOf(value);
        if ((field.kinds & kind) === 0) meet(field, kind);
      }
      if (!closed || !unlisted) return record;
      return Object.fromEntries(Object.entries(record).filter(([name]) => fields.get(name)?.listed));
    },
    inventory: () => ({
      read,
      fields: [...fields.values()]
        .filter(({ kinds }) => kinds > 0)
        .map(({ name, kinds, filled }) => ({
          name,
          types: TYPES.filter((_type, bit) => (kinds & (1 << bit)) !== 0),
          filled,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      more,
    }),
  };
}

function createFieldWarning(tally: Tally) {
  let warnings = 0;
  return (what: "unlisted_field" | "changed_type", name: string, problem: string) => {
    warnings += 1;
    if (warnings > MOST_FIELD_WARNINGS) return tally.count(what);
    const cut = name.length > PRINTED_CHARACTERS ? `${name.slice(0, PRINTED_CHARACTERS)}…` : name;
    tally.warn(what, `the field ${JSON.stringify(cut)} ${problem}`);
  };
}

function kindsIn(property: unknown): number {
  const type = isJsonObject(property) ? property.type : undefined;
  const names: readonly unknown[] = Array.isArray(type) ? type : [type];
  let kinds = 0;
  for (const [bit, name] of TYPES.entries()) if (names.includes(name)) kinds |= 1 << bit;
  return (kinds & NUMBER) !== 0 ? kinds | INTEGER : kinds;
}

function kindOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return STRING;
    case "number":
      return Number.isInteger(value) ? INTEGER : NUMBER;
    case "boolean":
      return BOOLEAN;
    default:
      return Array.isArray(value) ? ARRAY : OBJECT;
  }
}
