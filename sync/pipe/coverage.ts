import { parseRecordLine } from "./record-line.js";

/** In how many contacts each field has a value, nested fields of objects included. */
export interface Coverage {
  /** Takes a line with a record. */
  take(line: string): void;
  /** How many contacts have a value at a path, as mappings write it; undefined where none was seen. */
  of(stream: string, path: string): number | undefined;
  /** The top-level fields of a stream, in the order in which they were seen. */
  fieldsOf(stream: string): string[];
}

/** Forms have dozens of fields; whoever has thousands puts values into names. */
const MOST_FIELDS = 5_000;
const DEEPEST = 3;

export function createCoverage(): Coverage {
  const streams = new Map<string, Map<string, number>>();

  const count = (counts: Map<string, number>, value: unknown, path: string, depth: number): void => {
    if (value === null || value === undefined || value === "") return;
    const before = counts.get(path);
    if (before === undefined && counts.size >= MOST_FIELDS) return;
    counts.set(path, (before ?? 0) + 1);
    if (depth < DEEPEST && typeof value === "object" && !Array.isArray(value))
      for (const [name, inner] of Object.entries(value))
        count(counts, inner, `${path}.${escaped(name)}`, depth + 1);
  };

  return {
    take(line) {
      const { stream, data } = parseRecordLine(line).record;
      let counts = streams.get(stream);
      if (!counts) {
        counts = new Map();
        streams.set(stream, counts);
      }
      for (const [name, value] of Object.entries(data)) count(counts, value, escaped(name), 1);
    },
    of: (stream, path) => streams.get(stream)?.get(path),
    fieldsOf: (stream) => [...(streams.get(stream)?.keys() ?? [])].filter((path) => !/(?<!\\)\./.test(path)),
  };
}

/** A name as it stands in a path: a dot in it is no step. */
export function escaped(name: string): string {
  return name.replaceAll(".", "\\.");
}
