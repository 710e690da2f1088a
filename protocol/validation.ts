import { Ajv, type ValidateFunction } from "ajv";
import { isJsonObject, type JsonObject } from "./message.js";

/** Tells which members of a record contradict the stream's schema. */
export interface RecordValidator {
  /** Names of the top-level members whose value their schema refuses. Empty for a record in order. */
  invalidFields(record: JsonObject): readonly string[];
  /** Fields whose schema cannot be used (a reference that leads nowhere, say); they accept every value. */
  readonly unchecked: readonly string[];
}

const NONE: readonly string[] = [];

/**
 * Compiles a stream's JSON Schema into a check of each field by itself, so that one bad value costs no other field.
 * A null is always valid, `required` and `additionalProperties` are not looked at, and `format` is an annotation
 * (as in JSON Schema itself): whether a date is one is decided by what the destination makes of it.
 */
export function createRecordValidator(schema: JsonObject): RecordValidator {
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    logger: false,
    allErrors: false,
  });
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const shared: JsonObject = {};
  for (const name of ["definitions", "$defs"]) if (name in schema) shared[name] = schema[name];

  const checks: [field: string, check: ValidateFunction][] = [];
  const checked: JsonObject = {};
  const unchecked: string[] = [];
  for (const [field, property] of Object.entries(properties)) {
    if (property === true || (isJsonObject(property) && Object.keys(property).length === 0)) continue;
    try {
      checks.push([field, ajv.compile({ ...shared, ...nullable(property) })]);
      checked[field] = nullable(property);
    } catch {
      unchecked.push(field);
    }
  }
  const isSound = compileWhole(ajv, { ...shared, properties: checked });

  return {
    unchecked,
    invalidFields(record) {
      // Nearly every record is sound, and then one check costs a fraction of one for each field.
      if (isSound(record)) return NONE;
      let invalid: string[] | undefined;
      for (const [field, check] of checks) {
        // A field may be called like something that every object inherits.
        const value = Object.hasOwn(record, field) ? record[field] : undefined;
        if (value === undefined || value === null || check(value)) continue;
        invalid ??= [];
        invalid.push(field);
      }
      return invalid ?? NONE;
    },
  };
}

/** References that lead elsewhere than into what all fields share, or names for that: alone, a field has its own root. */
const OWN_ROOT = /"\$ref":"(?!#\/(?:definitions|\$defs)\/)|"\$(?:id|anchor|recursiveRef|dynamicRef)":/;

/** A check of all fields at once; one that finds nothing sound where they cannot be put into one schema. */
function compileWhole(ajv: Ajv, schema: JsonObject): (record: JsonObject) => boolean {
  try {
    return OWN_ROOT.test(JSON.stringify(schema)) ? () => false : ajv.compile(schema);
  } catch {
    return () => false;
  }
}

/** The schema with null allowed for every value within: sources write null for what they do not know. */
function nullable(schema: unknown): JsonObject {
  if (!isJsonObject(schema)) return schema === false ? { not: {} } : {};
  const { type, properties, items } = schema;
  return {
    ...schema,
    ...(type !== undefined && { type: [...new Set([type, "null"].flat())] }),
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, nullable(inner)]),
      ),
    }),
    ...(isJsonObject(items) && { items: nullable(items) }),
  };
}
