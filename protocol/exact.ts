import { stringEnd } from "./splice.js";

/** Deeper values are not searched: the digits of their text decide. */
const MAX_DEPTH = 32;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Whole numbers with fewer digits are exact. */
const FEWEST_DIGITS = 16;

/**
 * Parses JSON like `JSON.parse`, except that whole numbers which a JavaScript number cannot hold exactly come out as
 * texts with the same digits, instead of as other numbers.
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Numbers this large are rare: looking at the values costs a fraction of looking at the digits of every text.
  return mayBeInexact(value, 0) ? JSON.parse(withInexactQuoted(text)) : value;
}

function mayBeInexact(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Math.abs(value) > Number.MAX_SAFE_INTEGER;
  if (typeof value !== "object" || value === null) return false;
  if (depth > MAX_DEPTH) return true;
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (typeof inner !== "string" && mayBeInexact(inner, depth + 1)) return true;
  }
  return false;
}

/** The text with its inexact numbers as texts. Texts are stepped over: a pattern over 16 MB of one overflows the stack. */
function withInexactQuoted(text: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('"', at);
    const quote = found === -1 ? text.length : found;
    const between = text.slice(at, quote);
    pieces.push(between.length < FEWEST_DIGITS ? between : between.replace(NUMBER, quoteInexact));
    at = stringEnd(text, quote);
    pieces.push(text.slice(quote, at));
  }
  return pieces.join("");
}

function quoteInexact(token: string): string {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
