/** Sixteen digits in a row: whatever has fewer is exact as a JavaScript number. */
const MAY_BE_INEXACT = /\d{16}/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON like `JSON.parse`, except that whole numbers which a JavaScript number cannot hold exactly come out as
 * texts with the same digits, instead of as other numbers.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(MAY_BE_INEXACT.test(text) ? text.replace(STRING_OR_NUMBER, quoteInexact) : text);
}

function quoteInexact(token: string): string {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}
