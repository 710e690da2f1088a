/**
 * The names of a contact's fields, held once for all contacts that carry the same.
 *
 * Representation: a set of names for each list of names in its order, in one table for the process; the last one found
 * is tried first, without building a key.
 * Reason: a contact that waits for its answer needs only the names of what was sent; a set of its own for each would be
 * most of what a run holds in memory.
 * Limits: MAX_SETS sets and MAX_CHARS characters of names. What comes after them gets a set that is not shared.
 */

/** Maximum number of sets of names that are shared, and of characters of the names in them. */
export const MAX_SETS = 1000;
export const MAX_CHARS = 4_000_000;

const sets = new Map<string, ReadonlySet<string>>();
let chars = 0;
let lastNames: readonly string[] = [];
let lastSet: ReadonlySet<string> = new Set();

/**
 * The names of an object's fields. Contacts of one stream mostly carry the same fields: objects whose names are the
 * same, in the same order, share one set.
 */
export function namesOf(fields: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  if (!hasExactly(lastNames, fields)) {
    lastNames = Object.keys(fields);
    lastSet = setOf(lastNames);
  }
  return lastSet;
}

function setOf(names: readonly string[]): ReadonlySet<string> {
  const id = JSON.stringify(names);
  const known = sets.get(id);
  if (known) return known;
  const set = new Set(names);
  if (sets.size < MAX_SETS && chars + id.length <= MAX_CHARS) {
    chars += id.length;
    sets.set(id, set);
  }
  return set;
}

/** Whether these are the fields' names, in their order. */
function hasExactly(names: readonly string[], fields: Readonly<Record<string, unknown>>): boolean {
  let count = 0;
  for (const name in fields) {
    if (names[count] !== name) return false;
    count += 1;
  }
  return count === names.length;
}
