import { isJsonObject, type JsonObject } from "../../protocol/message.js";

const DRAFT = "http://json-schema.org/draft-07/schema#";
const KINDS = ["string", "integer", "number", "boolean", "object", "array"] as const;
type Kind = (typeof KINDS)[number];

/** Deeper than this an object is described as one, and what it holds is not. */
const MAX_DEPTH = 10;
/** Names that are learnt, at most, in all places together, and the characters of all of them. */
const MOST_NAMES = 20_000;
const MOST_NAME_CHARACTERS = 1024 * 1024;

/** What has been seen of a field so far. */
interface Seen {
  readonly kinds: Set<Kind>;
  readonly members: Map<string, Seen>;
  items: Seen | undefined;
  /** How often it held something. */
  filled: number;
}

interface Room {
  names: number;
  characters: number;
}

/** Fields that every record of a stream can have, seen in the sample or not, in the order in which they are listed. */
export type StandardFields = readonly (readonly [string, JsonObject])[];

/** Learns the fields of records from a sample of them. */
export interface SchemaSample {
  add(record: JsonObject): void;
  /** The names of fields that are not standard, sorted. */
  customFields(): string[];
  /**
   * Every field with the types seen, all but the key nullable, and with the share of records that fill it in
   * (`x-filled`, from 0 to 1). The same records give the same text.
   */
  schema(): JsonObject;
}

export function createSchemaSample(standardFields: StandardFields): SchemaSample {
  const root = nothingSeen();
  const room: Room = { names: MOST_NAMES, characters: MOST_NAME_CHARACTERS };
  let records = 0;
  const withShare = (name: string, schema: JsonObject): [string, JsonObject] => {
    const filled = root.members.get(name)?.filled ?? 0;
    return [
      name,
      records === 0 ? schema : { ...schema, "x-filled": Math.round((1000 * filled) / records) / 1000 },
    ];
  };
  const standard = new Set(standardFields.map(([name]) => name));
  const customFields = () => [...root.members.keys()].filter((name) => !standard.has(name)).sort();
  return {
    add(record) {
      records += 1;
      learn(root, record, room, 0);
    },
    customFields,
    schema() {
      const listed = standardFields.map(([name, schema]): [string, JsonObject] => {
        const seen = root.members.get(name);
        // A key is never null, and what has a format is a text.
        if (!seen || schema.format !== undefined || schema.type === "string") return withShare(name, schema);
        return withShare(name, describe({ ...seen, kinds: new Set<Kind>(["string", ...seen.kinds]) }));
      });
      const custom = customFields().map((name) => withShare(name, describe(root.members.get(name) as Seen)));
      return {
        $schema: DRAFT,
        type: "object",
        properties: Object.fromEntries([...listed, ...custom]),
        additionalProperties: true,
      };
    },
  };
}

const nothingSeen = (): Seen => ({ kinds: new Set(), members: new Map(), items: undefined, filled: 0 });

function learn(seen: Seen, value: unknown, room: Room, depth: number): void {
  if (value === null || value === undefined) return;
  if (value !== "") seen.filled += 1;
  if (Array.isArray(value)) {
    seen.kinds.add("array");
    if (depth >= MAX_DEPTH) return;
    for (const item of value) {
      seen.items ??= nothingSeen();
      learn(seen.items, item, room, depth + 1);
    }
  } else if (isJsonObject(value)) {
    seen.kinds.add("object");
    if (depth >= MAX_DEPTH) return;
    for (const [name, member] of Object.entries(value)) {
      const known = seen.members.get(name) ?? remember(seen, name, room);
      if (known) learn(known, member, room, depth + 1);
    }
  } else if (typeof value === "number") {
    seen.kinds.add(Number.isInteger(value) ? "integer" : "number");
  } else {
    seen.kinds.add(typeof value === "boolean" ? "boolean" : "string");
  }
}

function remember(seen: Seen, name: string, room: Room): Seen | undefined {
  if (room.names < 1 || room.characters < name.length) return undefined;
  room.names -= 1;
  room.characters -= name.length;
  const member = nothingSeen();
  seen.members.set(name, member);
  return member;
}

function describe(seen: Seen): JsonObject {
  const kinds = KINDS.filter((kind) => seen.kinds.has(kind)).filter(
    (kind) => kind !== "integer" || !seen.kinds.has("number"),
  );
  const members = [...seen.members].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    // A field that was only ever null tells nothing: most form fields are texts.
    type: ["null", ...(kinds.length > 0 ? kinds : ["string"])],
    ...(seen.kinds.has("object") && {
      properties: Object.fromEntries(members.map(([name, member]) => [name, describe(member)])),
      additionalProperties: true,
    }),
    ...(seen.items && { items: describe(seen.items) }),
  };
}
