import { isJsonObject, type JsonObject } from "../../protocol/message.js";

const DRAFT = "http://json-schema.org/draft-07/schema#";
const KINDS = ["string", "integer", "number", "boolean", "object", "array"] as const;
type Kind = (typeof KINDS)[number];

/** What has been seen of a field so far. */
interface Seen {
  readonly kinds: Set<Kind>;
  readonly members: Map<string, Seen>;
  items: Seen | undefined;
}

/** Fields that every record of a stream can have, seen in the sample or not, in the order in which they are listed. */
export type StandardFields = readonly (readonly [string, JsonObject])[];

/** Learns the fields of records from a sample of them. */
export interface SchemaSample {
  add(record: JsonObject): void;
  /** The names of fields that are not standard, sorted. */
  customFields(): string[];
  /** Every field with the types seen, all but the key nullable. The same records give the same text. */
  schema(): JsonObject;
}

export function createSchemaSample(standardFields: StandardFields): SchemaSample {
  const root = nothingSeen();
  const standard = new Set(standardFields.map(([name]) => name));
  const customFields = () => [...root.members.keys()].filter((name) => !standard.has(name)).sort();
  return {
    add: (record) => learn(root, record),
    customFields,
    schema() {
      const listed = standardFields.map(([name, schema]): [string, JsonObject] => {
        const seen = root.members.get(name);
        // A key is never null, and what has a format is a text.
        if (!seen || schema.format !== undefined || schema.type === "string") return [name, schema];
        return [name, describe({ ...seen, kinds: new Set<Kind>(["string", ...seen.kinds]) })];
      });
      const custom = customFields().map((name): [string, JsonObject] => [
        name,
        describe(root.members.get(name) as Seen),
      ]);
      return {
        $schema: DRAFT,
        type: "object",
        properties: Object.fromEntries([...listed, ...custom]),
        additionalProperties: true,
      };
    },
  };
}

const nothingSeen = (): Seen => ({ kinds: new Set(), members: new Map(), items: undefined });

function learn(seen: Seen, value: unknown): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    seen.kinds.add("array");
    for (const item of value) {
      seen.items ??= nothingSeen();
      learn(seen.items, item);
    }
  } else if (isJsonObject(value)) {
    seen.kinds.add("object");
    for (const [name, member] of Object.entries(value)) {
      const known = seen.members.get(name) ?? nothingSeen();
      seen.members.set(name, known);
      learn(known, member);
    }
  } else if (typeof value === "number") {
    seen.kinds.add(Number.isInteger(value) ? "integer" : "number");
  } else {
    seen.kinds.add(typeof value === "boolean" ? "boolean" : "string");
  }
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
