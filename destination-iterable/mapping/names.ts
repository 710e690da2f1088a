import { MOST_MATCHED, trimmed } from "./text.js";

/** White space that is not a single blank. */
const UNEVEN_SPACE = /[^\S ]|\s\s/u;

/** The first word of a name. */
export function firstName(name: string): string {
  const text = trimmed(name);
  const end = firstSpace(text);
  return end === -1 ? text : trimmed(text.slice(0, end));
}

/** All words of a name but the first; empty for a single word. */
export function lastName(name: string): string {
  const text = trimmed(name);
  const end = firstSpace(text);
  if (end === -1) return "";
  const rest = trimmed(text.slice(end));
  return UNEVEN_SPACE.test(rest) ? rest.replace(/\s+/gu, " ") : rest;
}

/** Where the first word ends. What is as long as a book has no words of a name. */
const firstSpace = (text: string) => (text.length > MOST_MATCHED ? -1 : text.search(/\s/u));
