import { stringEnd } from "./splice.js";

/** Deeper values are not searched: the digits of their text decide. */
const MAX_DEPTH = 32;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Whole numbers with fewer digits are exact. */
const FEWEST_DIGITS = 16;

/** What Python's json writes for numbers that JSON has no word for (`allow_nan`, which is its default). */
const NOT_FINITE = /(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.])/g;
/** JSON for a number that is too large, and read as infinite. */
const INFINITE = "1e999";

/**
 * Parses JSON like `JSON.parse`, except that whole numbers which a JavaScript number cannot hold exactly come out as
 * texts with the same digits, instead of as other numbers, and that NaN and Infinity are read, both as Infinity.
 */
export function parseExact(given: string): unknown {
  const [value, text] = parse(given);
  // Numbers this large are rare: looking at the values costs a fraction of looking at the digits of every text.
  return mayBeInexact(value, 0) ? JSON.parse(withInexactQuoted(text)) : value;
}

/** The value, and the JSON that it was read from: only what is no JSON is looked through for what Python adds to it. */
function parse(text: string): readonly [unknown, string] {
  try {
    return [JSON.parse(text), text];
  } catch (error) {
    const json = betweenTexts(text, (between) => between.replace(NOT_FINITE, INFINITE));
    if (json === text) throw error;
    return [JSON.parse(json), json];
  }
}

function mayBeInexact(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  // A loop over names makes a text of each place of an array, which took two thirds of this function's time.
  if (Array.isArray(value)) return value.some((inner) => mayBeInexact(inner, depth + 1));
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner !== "string" && mayBeInexact(inner, depth + 1)) return true;
  }
  return false;
}

function withInexactQuoted(text: string): string {
  return betweenTexts(text, (between) =>
    between.length < FEWEST_DIGITS ? between : between.replace(NUMBER, quoteInexact),
  );
}

/** The JSON with all but its texts changed, which are stepped over: a pattern over 16 MB of one overflows the stack. */
function betweenTexts(text: string, change: (between: string) => string): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('"', at);
    const quote = found === -1 ? text.length : found;
    const between = text.slice(at, quote);
    pieces.push(change(between));
    at = stringEnd(text, quote);
    pieces.push(text.slice(quote, at));
  }
  return pieces.join("");
}

function quoteInexact(token: string): string {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
