import type { DestinationOperation } from "../protocol/catalog.js";
import type { JsonObject } from "../protocol/message.js";
import type { FieldType } from "./iterable/field-types.js";
import { IDENTIFIER_TARGETS } from "./iterable/identifiers.js";
import { nameProblem } from "./iterable/reserved-fields.js";

/** How an orchestrator is told what a field of Iterable's takes. Every type may be a list; forms show the single value. */
const SCHEMAS: Readonly<Record<FieldType, JsonObject>> = {
  string: { type: "string" },
  date: { type: "string", format: "date-time" },
  long: { type: "integer" },
  double: { type: "number" },
  boolean: { type: "boolean" },
  object: { type: "object", additionalProperties: true },
  nested: { type: "array", items: { type: "object", additionalProperties: true } },
  geo_location: {
    type: "object",
    properties: { lat: { type: "number" }, lon: { type: "number" } },
    required: ["lat", "lon"],
  },
  unknown: {},
};

/**
 * What can be written, for a catalog of data activation: the object `user`, as an upsert and as an update of users who
 * exist. A field inside an object is offered under its dotted name, beside the object as a whole. Fields that Iterable
 * manages, or that no mapping may name, are not offered; others than these are only where they may be created.
 */
export function operationsFor(
  fields: ReadonlyMap<string, FieldType>,
  identifier: keyof typeof IDENTIFIER_TARGETS,
  createNewFields: boolean,
): DestinationOperation[] {
  const key = IDENTIFIER_TARGETS[identifier];
  const offered = [...fields].filter(
    ([name]) => name !== key && name !== "userId" && nameProblem(name, true) === undefined,
  );
  const jsonSchema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: {
      [key]: SCHEMAS.string,
      ...Object.fromEntries(offered.map(([name, type]) => [name, schemaOf(name, type, offered)])),
    },
    required: [key],
    additionalProperties: createNewFields,
  };
  return (["append_dedup", "update"] as const).map((syncMode) => ({
    objectName: "user",
    syncMode,
    jsonSchema,
    matchingKeys: [[key]],
  }));
}

/** An object shows the fields that are in it. */
function schemaOf(name: string, type: FieldType, fields: readonly [string, FieldType][]): JsonObject {
  const inner = fields.filter(([field]) => field.startsWith(`${name}.`));
  if (type !== "object" || inner.length === 0) return SCHEMAS[type];
  return {
    ...SCHEMAS.object,
    properties: Object.fromEntries(
      inner.map(([field, kind]) => [field.slice(name.length + 1), SCHEMAS[kind]]),
    ),
  };
}
