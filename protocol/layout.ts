type Fields = Record<string, unknown>;

/** Gathers the fields of one object at a time. What it gathers in is kept: a run has a million objects. */
export interface Layout {
  /** Begins a new object. */
  clear(): void;
  add(name: string, value: unknown): void;
  /** Whether the object has a field of this name. */
  has(name: string): boolean;
  /** The object. Of two values for one name the later counts; a field that is called __proto__ is one like any other. */
  build(): Fields;
}

/** How many models are remembered, how many names all of them have, and of how many characters. */
const MEMORY = 1000;
const MOST_NAMES = 50_000;
const MOST_CHARACTERS = 2_000_000;

/**
 * A layout whose objects, where they have the same names, are copies of one model. V8 keeps an object whose fields were
 * added one by one as a hash table as soon as there are a dozen: six times as large, and half as fast to write out as
 * JSON.
 */
export function createLayout(): Layout {
  const models = new Map<string, Fields>();
  const names: string[] = [];
  const values: unknown[] = [];
  /** So many of the names and values are the object's. */
  let count = 0;
  let lastNames: readonly string[] = [];
  let model: Fields = {};
  let remembered = 0;
  let characters = 0;

  const isLikeTheLast = (): boolean => {
    if (lastNames.length !== count) return false;
    for (let index = 0; index < count; index += 1) if (names[index] !== lastNames[index]) return false;
    return true;
  };
  const modelOf = (wanted: readonly string[]): Fields => {
    const id = JSON.stringify(wanted);
    let found = models.get(id);
    if (!found) {
      found = Object.fromEntries(wanted.map((name) => [name, null]));
      remembered += wanted.length;
      characters += id.length;
      if (models.size >= MEMORY || remembered > MOST_NAMES || characters > MOST_CHARACTERS) {
        models.clear();
        remembered = wanted.length;
        characters = id.length;
      }
      models.set(id, found);
    }
    return found;
  };

  return {
    clear() {
      count = 0;
    },
    add(name, value) {
      names[count] = name;
      values[count] = value;
      count += 1;
    },
    has(name) {
      const at = names.indexOf(name);
      return at !== -1 && at < count;
    },
    build() {
      if (!isLikeTheLast()) {
        lastNames = names.slice(0, count);
        model = modelOf(lastNames);
      }
      const fields = { ...model };
      for (let index = 0; index < count; index += 1) fields[names[index] as string] = values[index];
      return fields;
    },
  };
}
