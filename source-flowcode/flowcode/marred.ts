import { isJsonObject, type JsonObject } from "../../protocol/message.js";

/** Values inside each other that are looked through for bytes that are not UTF-8. */
const DEEPEST = 32;

/** Stands in a row of which values or names were left out, for holding bytes that are not UTF-8. */
export const MARRED = Symbol("marred");

/**
 * A row of a page with bytes that are not UTF-8: the value or the name that holds such bytes is left out, nothing else.
 * Undefined: nothing of it can be read.
 */
export function unmarred(row: unknown): JsonObject | undefined {
  const readable = withoutMarred(row, 0);
  if (!isJsonObject(readable)) return undefined;
  return isWhole(row, readable) ? readable : Object.assign(readable, { [MARRED]: true });
}

function isWhole(row: unknown, readable: JsonObject): boolean {
  try {
    return JSON.stringify(row) === JSON.stringify(readable);
  } catch {
    // It is nested too deeply to be searched.
    return false;
  }
}

/** What can be read of a value; undefined: nothing. */
function withoutMarred(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.includes("\uFFFD") ? undefined : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST) return undefined;
  if (Array.isArray(value))
    return value.map((item) => withoutMarred(item, depth + 1)).filter((item) => item !== undefined);
  const readable = Object.entries(value)
    .filter(([name]) => !name.includes("\uFFFD"))
    .map(([name, inner]) => [name, withoutMarred(inner, depth + 1)] as const)
    .filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(readable);
}

/** The text of bytes; undefined where it must be UTF-8 and is not. */
export function decode(chunks: readonly Uint8Array[], fatal: boolean): string | undefined {
  const decoder = new TextDecoder("utf-8", { fatal });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
  } catch {
    return undefined;
  }
}

/** Decodes a stream of UTF-8, and tells whether any of it was not: a � that was sent as such does not count. */
export function createMarkingDecoder() {
  const decoder = new TextDecoder("utf-8");
  const sent = Buffer.from("\uFFFD");
  let isMarred = false;
  /** The end of the chunk before: a mark may stand across both. */
  let tail: Uint8Array = new Uint8Array();
  return {
    decode(chunk: Uint8Array): string {
      const text = decoder.decode(chunk, { stream: true });
      if (!isMarred && text.includes("\uFFFD"))
        isMarred = countOf("\uFFFD", text) !== countOf(sent, Buffer.concat([tail, chunk]));
      tail = (chunk.length > 1 ? chunk : Buffer.concat([tail, chunk])).subarray(-2);
      return text;
    },
    get isMarred() {
      return isMarred;
    },
  };
}

function countOf<T extends string | Buffer>(part: T, whole: T): number {
  let count = 0;
  for (let at = whole.indexOf(part as string); at >= 0; at = whole.indexOf(part as string, at + part.length))
    count += 1;
  return count;
}
