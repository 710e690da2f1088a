import { isJsonObject, type JsonObject } from "../protocol/message.js";

/** Finds a value in records: exactly by name, else by path, else by a name that a cache has changed. */
export type Pick = (record: JsonObject) => { readonly field: string; readonly value: unknown } | undefined;

/** A dotted path as its names; `\.` is a dot within a name. */
export function splitPath(path: string): string[] {
  return path.split(/(?<!\\)\./).map((name) => name.replaceAll("\\.", "."));
}

/** The form in which caches write column names: lower case, and an underscore for all but a–z and 0–9. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "_");
}

/**
 * Compiles a source path. The field of the result is the record's own top-level name. A name that is not there exactly
 * is looked for by its normalized form, which counts only where a single field of the record has it. Lists are not
 * looked into.
 */
export function compilePath(path: string): Pick {
  const [first = "", ...rest] = splitPath(path);
  const find = createFinder();
  return (record) => {
    if (Object.hasOwn(record, path)) return { field: path, value: record[path] };
    const field = find(record, first) ?? (rest.length > 0 ? find(record, path) : undefined);
    if (field === undefined) return undefined;
    if (rest.length === 0 || !(first === field || normalized(first) === normalized(field))) {
      return { field, value: record[field] };
    }
    let value: unknown = record[field];
    for (const name of rest) {
      const inner = isJsonObject(value) ? findName(value, name) : undefined;
      if (inner === undefined) return undefined;
      value = (value as JsonObject)[inner];
    }
    return { field, value };
  };
}

/** Records of a stream mostly have the same names: what a name stood for is remembered while it still fits. */
function createFinder(): (record: JsonObject, name: string) => string | undefined {
  let alias: string | undefined;
  return (record, name) => {
    if (Object.hasOwn(record, name)) return name;
    if (alias !== undefined && Object.hasOwn(record, alias)) return alias;
    alias = findName(record, name);
    return alias;
  };
}

function findName(record: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(record, name)) return name;
  const wanted = normalized(name);
  const alike = Object.keys(record).filter((key) => normalized(key) === wanted);
  return alike.length === 1 ? alike[0] : undefined;
}
