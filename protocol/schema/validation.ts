import { Ajv, type ValidateFunction } from "ajv";
import { isJsonObject, type JsonObject } from "../message.js";
import { type Bounded, boundedSchema } from "./bounded.js";
import type { Patterns } from "./patterns.js";

/** Tells which members of a record contradict the stream's schema. */
export interface RecordValidator {
  /** Names of the top-level members whose value their schema refuses. Empty for a record in order. */
  invalidFields(record: JsonObject): readonly string[];
  /** Fields whose schema cannot be used (a reference that leads nowhere, say); they accept every value. */
  readonly unchecked: readonly string[];
  /** Patterns that cannot be used; they accept every text. */
  readonly unusedPatterns: readonly string[];
}

const NONE: readonly string[] = [];

/** Different schemas that are compiled for one stream, each of which takes about a millisecond; others are not checked. */
const MAX_SCHEMAS = 500;
/** Fields and schemas that are compiled into one check: what that takes grows with the square. */
const MAX_WHOLE_FIELDS = 200;
const MAX_WHOLE_NODES = 1_000;

/**
 * Compiles a stream's JSON Schema into a check of each field by itself, so that one bad value costs no other field.
 * A null is always valid, `required` and `additionalProperties` are not looked at, and `format` is an annotation
 * (as in JSON Schema itself): whether a date is one is decided by what the destination makes of it. Schemas are others':
 * what they cost is bounded (see `boundedSchema`), and their patterns run in an engine of linear time, or not at all.
 */
export function createRecordValidator(schema: JsonObject, patterns?: Patterns): RecordValidator {
  const ajv = createAjv(patterns);
  const isUsable = (pattern: string) => patterns?.compile(pattern) !== undefined;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const checks = new Map<string, ValidateFunction>();
  const bySchema = new Map<string, ValidateFunction | undefined>();
  const checked: JsonObject = {};
  const unchecked: string[] = [];
  const unusedPatterns = new Set<string>();
  let nodes = 0;

  /** Fields of one schema share one check. */
  const checkOf = ({ schema: bounded }: Bounded): ValidateFunction | undefined => {
    const text = JSON.stringify(bounded);
    if (!bySchema.has(text)) {
      if (bySchema.size >= MAX_SCHEMAS) return undefined;
      bySchema.set(text, compiled(ajv, bounded));
    }
    return bySchema.get(text);
  };

  for (const [field, property] of Object.entries(properties)) {
    if (property === true || (isJsonObject(property) && Object.keys(property).length === 0)) continue;
    const bounded = boundedOf(property, schema, isUsable);
    const check = bounded && checkOf(bounded);
    if (!bounded || !check) {
      unchecked.push(field);
      continue;
    }
    for (const pattern of bounded.unusable) unusedPatterns.add(pattern);
    checks.set(field, check);
    checked[field] = bounded.schema;
    nodes += bounded.nodes;
  }
  const isSmall = checks.size <= MAX_WHOLE_FIELDS && nodes <= MAX_WHOLE_NODES;
  // Nearly every record is sound, and then one check costs a fraction of one for each field.
  const isSound = isSmall ? compiled(ajv, { properties: checked }) : undefined;

  return {
    unchecked,
    unusedPatterns: [...unusedPatterns],
    invalidFields(record) {
      if (isSound?.(record)) return NONE;
      let invalid: string[] | undefined;
      for (const field of Object.keys(record)) {
        const value = record[field];
        if (value === undefined || value === null || (checks.get(field)?.(value) ?? true)) continue;
        invalid ??= [];
        invalid.push(field);
      }
      return invalid ?? NONE;
    },
  };
}

function createAjv(patterns: Patterns | undefined): Ajv {
  const regExp = Object.assign((pattern: string) => ({ test: patterns?.compile(pattern) ?? (() => true) }), {
    code: "linear",
  });
  const ajv = new Ajv({
    strict: false,
    validateFormats: false,
    validateSchema: false,
    logger: false,
    allErrors: false,
    code: { regExp },
  });
  // Ajv's own compares every item with every other.
  ajv.removeKeyword("uniqueItems");
  return ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (wanted: boolean, items: readonly unknown[]) => !wanted || areUnique(items),
  });
}

function areUnique(items: readonly unknown[]): boolean {
  try {
    return new Set(items.map((item) => JSON.stringify(item))).size === items.length;
  } catch {
    // Nested deeper than can be written.
    return true;
  }
}

function boundedOf(
  property: unknown,
  root: JsonObject,
  isUsable: (pattern: string) => boolean,
): Bounded | undefined {
  try {
    return boundedSchema(property, root, isUsable);
  } catch {
    return undefined;
  }
}

function compiled(ajv: Ajv, schema: JsonObject): ValidateFunction | undefined {
  try {
    return ajv.compile(schema);
  } catch {
    return undefined;
  }
}
