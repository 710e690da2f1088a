import { isJsonObject, type JsonObject } from "../message.js";

/** The schema asks for more than is checked. The field accepts every value then. */
export class Unbounded extends Error {
  override readonly name = "Unbounded";
}

/** Levels of a schema that are checked; whatever stands deeper accepts every value. */
const MAX_DEPTH = 32;
/** Schemas within one field, references followed: each value is looked at by no more. */
const MAX_NODES = 1_000;
/** So many values of an enumeration count as one schema. */
const VALUES_A_NODE = 10;
/** Levels of a value that a schema compares with. */
const MAX_VALUE_DEPTH = 8;

/** Keywords whose value is taken as it is. Others are passed over, `format` and annotations among them. */
const PLAIN = [
  ...["type", "multipleOf", "maximum", "minimum", "maxLength", "minLength", "maxItems", "minItems"],
  ...["uniqueItems", "maxProperties", "minProperties", "required"],
];
/** Booleans in draft 4, numbers since. */
const NUMBERS = ["exclusiveMaximum", "exclusiveMinimum"];
const VALUES = ["enum", "const"];
/** Keywords under which a schema stands that looks at the same value or at its members. */
const INNER = ["additionalItems", "contains", "additionalProperties", "propertyNames", "then", "else"];
/** A null that these accepted would be refused outside. */
const REVERSED = ["not", "if"];
const LISTS = ["allOf", "anyOf", "oneOf"];
/** Keywords that may refuse a null although the type allows it. */
const STRICT = [...VALUES, ...LISTS, "not", "if"];

export interface Bounded {
  /** Without references, and of a bounded size: what it costs to check a value is bounded by the value's size. */
  readonly schema: JsonObject;
  /** How many schemas it consists of. */
  readonly nodes: number;
  /** Patterns that cannot be used; they accept every text. */
  readonly unusable: readonly string[];
}

/**
 * A field's schema with its references put in place, those that lead back into themselves cut, every keyword that is
 * not known left out, and null allowed for every value: sources write null for what they do not know. `root` is what
 * references lead into where the field itself has nothing there. Throws Unbounded where it is too large, or a reference
 * leads nowhere.
 */
export function boundedSchema(
  field: unknown,
  root: JsonObject,
  isUsable: (pattern: string) => boolean,
): Bounded {
  let nodes = 0;
  const unusable = new Set<string>();
  /** References that are being followed. */
  const followed: string[] = [];

  const copy = (schema: unknown, depth: number, nullable: boolean): JsonObject => {
    if (schema === false) return { not: {} };
    if (!isJsonObject(schema) || depth > MAX_DEPTH) return {};
    nodes += 1;
    if (nodes > MAX_NODES) throw new Unbounded("has more parts than are checked");
    const copied: JsonObject = {};
    for (const name of PLAIN) if (name in schema) copied[name] = schema[name];
    for (const name of NUMBERS) if (typeof schema[name] === "number") copied[name] = schema[name];
    for (const name of VALUES) if (name in schema) copied[name] = compared(schema[name]);
    if (typeof schema.pattern === "string" && usable(schema.pattern)) copied.pattern = schema.pattern;
    for (const name of INNER) if (name in schema) copied[name] = copy(schema[name], depth + 1, false);
    for (const name of REVERSED) if (name in schema) copied[name] = copy(schema[name], depth + 1, false);
    for (const name of LISTS) {
      const list = schema[name];
      if (Array.isArray(list)) copied[name] = list.map((inner) => copy(inner, depth + 1, false));
    }
    const { items } = schema;
    if (Array.isArray(items)) copied.items = items.map((inner) => copy(inner, depth + 1, nullable));
    else if (items !== undefined) copied.items = copy(items, depth + 1, nullable);
    copyMembers(schema, copied, depth, nullable);
    if (typeof schema.$ref === "string") {
      const target = follow(schema.$ref, depth);
      copied.allOf = [...((copied.allOf as JsonObject[] | undefined) ?? []), target];
    }
    return nullable ? orNull(copied) : copied;
  };

  const copyMembers = (schema: JsonObject, copied: JsonObject, depth: number, nullable: boolean): void => {
    // Ajv would take what every object inherits for a member.
    const each = (named: JsonObject, isNullable: boolean) =>
      Object.fromEntries(
        Object.entries(named)
          .filter(([name]) => !Object.hasOwn(Object.prototype, name))
          .map(([name, inner]) => [name, copy(inner, depth + 1, isNullable)]),
      );
    if (isJsonObject(schema.properties)) copied.properties = each(schema.properties, nullable);
    if (!isJsonObject(schema.patternProperties)) return;
    const entries = Object.entries(schema.patternProperties);
    copied.patternProperties = each(
      Object.fromEntries(entries.filter(([pattern]) => usable(pattern))),
      nullable,
    );
    // Whom a pattern that cannot be used would have let in is not known.
    if (entries.some(([pattern]) => !isUsable(pattern))) delete copied.additionalProperties;
  };

  const follow = (reference: string, depth: number): JsonObject => {
    if (followed.includes(reference)) return {};
    const found = [field, root].map((place) => target(place, reference)).find((one) => one !== undefined);
    if (found === undefined) throw new Unbounded("refers to what is not there");
    followed.push(reference);
    const copied = copy(found, depth + 1, true);
    followed.pop();
    return copied;
  };

  const compared = (value: unknown): unknown => {
    if (!isShallow(value, 0)) throw new Unbounded("compares with a value that is nested too deep");
    nodes += Array.isArray(value) ? value.length / VALUES_A_NODE : 0;
    return value;
  };

  const usable = (pattern: string): boolean => {
    if (!isUsable(pattern)) unusable.add(pattern);
    return !unusable.has(pattern);
  };

  const schema = copy(field, 0, true);
  return { schema, nodes, unusable: [...unusable] };
}

/** What a reference such as `#/definitions/address` leads to; undefined for one that leads elsewhere or nowhere. */
function target(root: unknown, reference: string): unknown {
  if (!/^#(\/|$)/.test(reference)) return undefined;
  let found = root;
  for (const part of reference.slice(2).split("/")) {
    if (reference === "#") break;
    const name = unescaped(part);
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as JsonObject)[name];
  }
  return found;
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return part;
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth < MAX_VALUE_DEPTH && Object.values(value).every((inner) => isShallow(inner, depth + 1));
}

function orNull(schema: JsonObject): JsonObject {
  if (STRICT.some((name) => name in schema)) return { anyOf: [{ type: "null" }, schema] };
  return schema.type === undefined ? schema : { ...schema, type: [...new Set([schema.type, "null"].flat())] };
}
