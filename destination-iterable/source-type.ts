import { isJsonObject, type JsonObject } from "../protocol/message.js";

/** What JSON knows of a value's type, and of texts whether they are dates. */
export type Kind = "text" | "date" | "integer" | "number" | "boolean" | "object";

/** What is known of a field's values before any is there. */
export interface SourceType {
  /** Any of these; none where nothing is known. */
  readonly kinds: readonly Kind[];
  readonly isList: boolean;
}

export const UNKNOWN_SOURCE: SourceType = { kinds: [], isList: false };

const KINDS: Readonly<Record<string, Kind>> = {
  string: "text",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  object: "object",
};

/** The type that a JSON Schema gives a field. Null is left out: it is never sent. */
export function sourceTypeOf(schema: unknown): SourceType {
  if (!isJsonObject(schema)) return UNKNOWN_SOURCE;
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (choices) return union(choices.map(sourceTypeOf));
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map(String);
  const kinds = types.flatMap((type) => KINDS[type] ?? []);
  const isDate = /^date(-time)?$/.test(String(schema.format));
  const single = { kinds: kinds.map((kind) => (kind === "text" && isDate ? "date" : kind)), isList: false };
  if (!types.includes("array")) return single;
  return union([single, { ...sourceTypeOf(schema.items), isList: true }]);
}

/** The type of what a path leads to; `properties` are the schemas of a record's fields. */
export function typeAtPath(properties: JsonObject, path: readonly string[]): SourceType {
  let schema: unknown = { properties };
  for (const name of path) {
    const inner: unknown = isJsonObject(schema) ? schema.properties : undefined;
    schema = isJsonObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined;
  }
  return sourceTypeOf(schema);
}

/** The type of values that may be of any of these. Where nothing is known of one, nothing is known of all. */
export function union(types: readonly SourceType[]): SourceType {
  const isKnown = types.every(({ kinds, isList }) => kinds.length > 0 || (types.length > 1 && !isList));
  const kinds = isKnown ? [...new Set(types.flatMap((type) => type.kinds))] : [];
  return { kinds, isList: types.some(({ isList }) => isList) };
}

/** For people. */
export function nameOf({ kinds, isList }: SourceType): string {
  const names = kinds.length === 0 ? "unknown" : kinds.join(" or ");
  return isList ? `list of ${names}` : names;
}
