import type { JsonObject } from "../../protocol/message.js";
import type { FieldType } from "../iterable/field-types.js";
import type { MappingOptions } from "../mapping/options.js";
import { fieldName } from "../mapping/targets.js";
import { targetOf } from "../mapping/unmapped.js";
import { typeOfEntry } from "./entry-type.js";
import { type Kind, type SourceType, typeAtPath } from "./source-type.js";

/** Text may be anything, dates among it, unless its entry says that it is text. */
const TYPES: { readonly [kind in Kind]: FieldType | undefined } = {
  string: undefined,
  date: "date",
  integer: "long",
  number: "double",
  boolean: "boolean",
  object: "object",
};

/**
 * The types that fields which Iterable does not have are to get, by what their entries declare and the catalog's schema
 * says; a field is not in it where neither says enough. `properties` are the schemas of the stream's fields.
 */
export function newTypesOf(options: MappingOptions, properties: JsonObject): ReadonlyMap<string, FieldType> {
  const { iterableFields, identity, entries = [], sourceFields = [] } = options;
  const types = new Map<string, FieldType>();
  const add = (target: string, type: FieldType | undefined): void => {
    const field = fieldName(target);
    if (type !== undefined && !iterableFields.has(field) && !types.has(field)) types.set(field, type);
  };
  if (!identity)
    for (const entry of entries) add(entry.target, entry.type ?? typeOf(typeOfEntry(entry, properties).made));
  if (identity || options.unmappedFields === "same_name")
    for (const name of sourceFields) add(targetOf(name, options), typeOf(typeAtPath(properties, name)));
  return types;
}

function typeOf({ kinds }: SourceType): FieldType | undefined {
  const [kind, ...others] = kinds;
  const isNumber = kinds.length > 0 && kinds.every((one) => one === "integer" || one === "number");
  if (others.length > 0) return isNumber ? "double" : undefined;
  return kind && TYPES[kind];
}
