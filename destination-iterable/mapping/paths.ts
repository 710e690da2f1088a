import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { comparable } from "./text.js";

/** Finds a value in records: exactly by name, else by path, else by a name that a cache has changed. */
export type Pick = (record: JsonObject) => { readonly field: string; readonly value: unknown } | undefined;

/** A dotted path as its names; `\.` is a dot within a name. */
export function splitPath(path: string): string[] {
  return path.split(/(?<!\\)\./).map((name) => name.replaceAll("\\.", "."));
}

/** The form in which caches write column names: lower case, and an underscore for all but a–z and 0–9. */
export function normalized(name: string): string {
  return columnOf(comparable(name));
}

/** Names are cut there before any pattern: nobody tells fields apart by what comes behind. */
const MOST_CHARACTERS = 1000;

const columnOf = (name: string) =>
  name
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "_");

/**
 * Whether two names may be the same field's, whatever is unseen at their ends and however their accents are written.
 * Names that are both in other scripts than Latin, which normalize to mere underscores, have to agree in their letters.
 */
export function isSameName(a: string, b: string): boolean {
  const [one, other] = [comparable(a), comparable(b)];
  if (one === other) return true;
  const isPlain = isAscii(one);
  const isOtherPlain = isAscii(other);
  // Of ASCII a cache makes as many characters: most names are told apart by their lengths.
  if (isPlain && isOtherPlain) return compared(one) === compared(other) && columnOf(one) === columnOf(other);
  if (isPlain || isOtherPlain) return columnsOf(one).some((column) => columnsOf(other).includes(column));
  return columnOf(one) === columnOf(other) && letters(one) === letters(other);
}

/** A cache makes its columns of what it is given: a letter and its accent may be one character there, or two. */
const columnsOf = (name: string) => [
  columnOf(name),
  columnOf(name.slice(0, MOST_CHARACTERS).normalize("NFD")),
];
const compared = ({ length }: string) => Math.min(length, MOST_CHARACTERS);
const isAscii = (name: string) => !/[^\p{ASCII}]/u.test(name.slice(0, MOST_CHARACTERS));
const letters = (name: string) =>
  name
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, "_");

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
/** A longer name is looked at each time. */
const LONGEST_REMEMBERED = 500;

/** Finds a name in objects. Whether two names are alike is remembered; whether only one is, each record decides. */
function createFinder(name: string): Finder {
  const known = new Map<string, boolean>();
  const isAlike = (key: string): boolean => {
    let alike = known.get(key);
    if (alike === undefined) {
      alike = isSameName(key, name);
      if (known.size >= MEMORY) known.clear();
      if (key.length <= LONGEST_REMEMBERED) known.set(key, alike);
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
