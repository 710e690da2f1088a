import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { isSameName, splitPath } from "../mapping/paths.js";

/** What JSON knows of a value's type, and of texts whether they are dates. */
export type Kind = "string" | "date" | "integer" | "number" | "boolean" | "object";

/** What is known of a field's values before any is there. */
export interface SourceType {
  /** Any of these; none where nothing is known. */
  readonly kinds: readonly Kind[];
  readonly isList: boolean;
}

export const UNKNOWN_SOURCE: SourceType = { kinds: [], isList: false };

const KINDS: readonly Kind[] = ["string", "integer", "number", "boolean", "object"];

/** The type that a JSON Schema gives a field. Null is left out: it is never sent. */
export function sourceTypeOf(schema: unknown): SourceType {
  if (!isJsonObject(schema)) return UNKNOWN_SOURCE;
  const choices = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (choices) return union(choices.map(sourceTypeOf));
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map(String);
  const kinds = types.flatMap((type) => KINDS.find((kind) => kind === type) ?? []);
  const isDate = /^date(-time)?$/.test(String(schema.format));
  const single = { kinds: kinds.map((kind) => (kind === "string" && isDate ? "date" : kind)), isList: false };
  if (!types.includes("array")) return single;
  return union([single, { ...sourceTypeOf(schema.items), isList: true }]);
}

/** The type of what a source path leads to; `properties` are the schemas of a record's fields. */
export function typeAtPath(properties: JsonObject, path: string): SourceType {
  const find = (schemas: unknown, name: string): unknown => {
    if (!isJsonObject(schemas)) return undefined;
    if (Object.hasOwn(schemas, name)) return schemas[name];
    const alike = Object.keys(schemas).filter((key) => isSameName(key, name));
    return alike.length === 1 ? schemas[alike[0] as string] : undefined;
  };
  const whole = find(properties, path);
  if (whole !== undefined) return sourceTypeOf(whole);
  let schema: unknown = { properties };
  for (const name of splitPath(path))
    schema = isJsonObject(schema) ? find(schema.properties, name) : undefined;
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
  return isList ? `array of ${names}` : names;
}
