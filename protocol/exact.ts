/** Deeper values are not searched: the digits of their text decide. */
const MAX_DEPTH = 32;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON like `JSON.parse`, except that whole numbers which a JavaScript number cannot hold exactly come out as
 * texts with the same digits, instead of as other numbers.
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Numbers this large are rare: looking at the values costs a fraction of looking at the digits of every text.
  return mayBeInexact(value, 0) ? JSON.parse(text.replace(STRING_OR_NUMBER, quoteInexact)) : value;
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

function quoteInexact(token: string): string {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
