import { parseRecordLine } from "../pipe/record-line.js";
import type { Settings } from "../project/settings.js";

/** What the runner looks at of a record on the pipe. */
export interface Row {
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** What tells its contact apart, by the primary key in the settings; the row itself where there is none. */
  readonly key: string;
  /** When it was last changed, by the cursor in the settings, in ms since 1970; undefined where nothing tells. */
  readonly changedAt: number | undefined;
}

/** The record on a line of a source, or of a rejects file. */
export function rowOn(line: string, streams: Settings["streams"]): Row {
  return rowOf(parseRecordLine(line).record, streams);
}

export function rowOf(record: Pick<Row, "stream" | "data">, streams: Settings["streams"]): Row {
  const entry = streams.find(({ stream }) => stream.name === record.stream);
  const values = pathsIn(entry?.primary_key).map((path) => at(record.data, path));
  const isTold = values.length > 0 && values.every((value) => value !== undefined && value !== null);
  const [cursor] = pathsIn([entry?.cursor_field]);
  const changed = cursor && Date.parse(String(at(record.data, cursor)));
  return {
    stream: record.stream,
    data: record.data,
    key: JSON.stringify([record.stream, ...(isTold ? values : [record.data])]),
    changedAt: changed === undefined || Number.isNaN(changed) ? undefined : changed,
  };
}

/** Whether a text stands somewhere in a value as a whole, whatever its case and the space around it. */
export function mentions(value: unknown, wanted: string): boolean {
  if (typeof value === "string") return value.trim().toLowerCase() === wanted;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((inner) => mentions(inner, wanted));
}

/** The paths in a setting of the catalog, as far as it is one. */
function pathsIn(given: unknown): string[][] {
  if (!Array.isArray(given)) return [];
  return given.filter((path) => Array.isArray(path) && path.length > 0).map((path) => path.map(String));
}

function at(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    data,
  );
}
