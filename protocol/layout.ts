type Fields = Record<string, unknown>;

/** How many layouts are remembered. */
const MEMORY = 1000;

/**
 * Puts the first `count` names and values together into objects, of which those with the same names are copies of one model. V8 keeps an
 * object whose fields were added one by one as a hash table as soon as there are a dozen: six times as large, and half
 * as fast to write out as JSON. Of two values for one name the later counts, and a field that is called __proto__ is one
 * like any other.
 */
export function createLayout(): (
  names: readonly string[],
  values: readonly unknown[],
  count: number,
) => Fields {
  const models = new Map<string, Fields>();
  let names: readonly string[] = [];
  let model: Fields = {};

  const modelOf = (wanted: readonly string[]): Fields => {
    const id = wanted.join("\u0000");
    let found = models.get(id);
    if (!found) {
      found = Object.fromEntries(wanted.map((name) => [name, null]));
      if (models.size >= MEMORY) models.clear();
      models.set(id, found);
    }
    return found;
  };

  return (wanted, values, count) => {
    if (!isSame(wanted, names, count)) {
      names = wanted.slice(0, count);
      model = modelOf(names);
    }
    const fields = { ...model };
    for (let index = 0; index < count; index += 1) fields[wanted[index] as string] = values[index];
    return fields;
  };
}

/** Whether the first `count` of the names in `a` are those in `b`, in the same order. */
function isSame(a: readonly string[], b: readonly string[], count: number): boolean {
  if (b.length !== count) return false;
  for (let index = 0; index < count; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
