import { isJsonObject, type JsonObject } from "../../protocol/message.js";

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
 * Whether two names may be the same field's. Names that are both in other scripts than Latin, which normalize to mere
 * underscores, have to agree in their letters.
 */
export function isSameName(a: string, b: string): boolean {
  if (normalized(a) !== normalized(b)) return false;
  return isAscii(a) || isAscii(b) || letters(a) === letters(b);
}

const isAscii = (name: string) => !/[^\p{ASCII}]/u.test(name);
const letters = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]/gu, "_");

/**
 * Compiles a source path. The field of the result is the record's own top-level name. A name that is not there exactly
 * is looked for by its normalized form, which counts only where a single field of the record has it. Lists are not
 * looked into.
 */
export function compilePath(path: string): Pick {
  const [first = "", ...rest] = splitPath(path);
  const find = createFinder(first);
  const findWhole = createFinder(path);
  const inner = rest.map(createFinder);
  return (record) => {
    if (Object.hasOwn(record, path)) return { field: path, value: record[path] };
    const field = find(record);
    if (rest.length === 0) return field === undefined ? undefined : { field, value: record[field] };
    if (field !== undefined) {
      const value = follow(record[field], inner);
      if (value !== undefined) return { field, value };
    }
    const flat = findWhole(record);
    return flat === undefined ? undefined : { field: flat, value: record[flat] };
  };
}

function follow(outer: unknown, finders: readonly Finder[]): unknown {
  let value = outer;
  for (const find of finders) {
    const name = isJsonObject(value) ? find(value) : undefined;
    if (name === undefined) return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
}

type Finder = (record: JsonObject) => string | undefined;

/** How many names a finder remembers the answer for. */
const MEMORY = 1000;

/** Finds a name in objects. Whether two names are alike is remembered; whether only one is, each record decides. */
function createFinder(name: string): Finder {
  const known = new Map<string, boolean>();
  const isAlike = (key: string): boolean => {
    let alike = known.get(key);
    if (alike === undefined) {
      alike = isSameName(key, name);
      if (known.size >= MEMORY) known.clear();
      known.set(key, alike);
    }
    return alike;
  };
  return (record) => {
    if (Object.hasOwn(record, name)) return name;
    let found: string | undefined;
    for (const key of Object.keys(record)) {
      if (!isAlike(key)) continue;
      if (found !== undefined) return undefined;
      found = key;
    }
    return found;
  };
}
