import { isObject, type Json } from "../json.js";
import { type FieldType, flatten, incomingTypes, isOfType, typeOfFirst } from "./field-types.js";

export interface Mismatch {
  readonly incomingTypes: readonly string[];
  readonly expectedType: FieldType;
  readonly _type: "UnexpectedType";
  readonly offendingValue: unknown;
  readonly category: string;
}

/** Fields with their types, which never change: of a project's users, or of one of its events. */
export interface Fields {
  readonly types: ReadonlyMap<string, FieldType>;
  /**
   * The fields whose values do not have their types. With `create`, the first value of a field that does not exist
   * decides on its type for the rest.
   */
  mismatches(values: Iterable<Json>, create: boolean): Record<string, Mismatch>;
  /** Fields that do not exist. */
  unknown(values: Iterable<Json>): string[];
  /** What is kept of values: without `create`, unknown fields are left out; with it, they exist from now on. */
  admit(values: Json, create: boolean): Json;
}

export function createFields(category: string, initial: Readonly<Record<string, FieldType>>): Fields {
  const types = new Map<string, FieldType>(Object.entries(initial));

  const admit = (values: Json, create: boolean, prefix = ""): Json => {
    const kept: Json = Object.create(null);
    for (const [name, value] of Object.entries(values)) {
      const field = `${prefix}${name}`;
      const type = types.get(field) ?? (create ? typeOfFirst(name, value) : undefined);
      if (!type && value !== null) continue;
      if (type) types.set(field, type);
      kept[name] = isObject(value) && type === "object" ? admit(value, create, `${field}.`) : value;
    }
    return kept;
  };

  return {
    types,
    admit: (values, create) => admit(values, create),
    mismatches(all, create) {
      const found: Record<string, Mismatch> = {};
      const created = new Map<string, FieldType>();
      for (const values of all) {
        for (const [name, value] of flatten(values)) {
          const expectedType = types.get(name) ?? created.get(name);
          const type = create && !expectedType ? typeOfFirst(name, value) : undefined;
          if (type) created.set(name, type);
          if (!expectedType || isOfType(value, expectedType) || name in found) continue;
          found[name] = {
            incomingTypes: incomingTypes(value),
            expectedType,
            _type: "UnexpectedType",
            offendingValue: value,
            category,
          };
        }
      }
      return found;
    },
    unknown(all) {
      const names = new Set<string>();
      for (const values of all) {
        for (const [name, value] of flatten(values)) {
          if (value !== null && !types.has(name)) names.add(name);
        }
      }
      return [...names];
    },
  };
}

/** What Iterable says of a request with values of other types (recorded); undefined where there are none. */
export function mismatchRefusal(mismatches: Record<string, Mismatch>) {
  const [first] = Object.entries(mismatches);
  if (!first) return undefined;
  const [field, { category, expectedType, incomingTypes }] = first;
  const msg = `Project 1: The request does not have the same data types as the data previously submitted. Field '${field}' already exists for type '${category}' and has a data type of '${expectedType}' but possible types '${incomingTypes.join(", ")}' in the request.`;
  return { msg, code: "RequestFieldsTypesMismatched", params: { validationErrors: mismatches } };
}

/** What Iterable says of a request that would create too many fields (captured for events); undefined where it does not. */
export function limitRefusal(existing: number, unknown: readonly string[], limit: number) {
  const total = existing + unknown.length;
  if (unknown.length === 0 || total <= limit) return undefined;
  return {
    msg: `Project 1: The request would increase the number of object fields to ${total} by adding [${unknown.join(", ")}], which exceeds the limit of ${limit}`,
    code: "UniqueFieldsLimitExceeded",
    params: { limit, requestedTotal: total, newFields: unknown },
  };
}
