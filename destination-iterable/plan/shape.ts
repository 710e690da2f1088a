import { trimmed } from "../mapping/text.js";

/** Longer texts are told by their beginning. */
const MOST_CHARACTERS = 40;
const MORE = "…";
/** Of a word, so many letters are shown: how long it is says nothing of its form. */
const MOST_LETTERS = 3;

/**
 * What a value looks like, without what it says: letters are `a`, digits `9`, punctuation stays, and anything else is
 * `?`. Nobody can tell from it whose value it is.
 */
export function shapeOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return shapeOfText(trimmed(value));
    case "number":
      return shapeOfText(String(value));
    case "boolean":
      return "true or false";
    default:
      if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${shapeOf(value[0])}]`;
      return "{…}";
  }
}

function shapeOfText(text: string): string {
  const shape = [...text.slice(0, MOST_CHARACTERS)].map(signOf).join("");
  const short = shape.replace(/a{4,}/g, `${"a".repeat(MOST_LETTERS)}${MORE}`);
  return text.length > MOST_CHARACTERS ? `${short}${MORE}` : short;
}

function signOf(character: string): string {
  if (/[\p{L}\p{M}]/u.test(character)) return "a";
  if (/\p{N}/u.test(character)) return "9";
  if (/\s/u.test(character)) return " ";
  return /[!-/:-@[-`{-~]/.test(character) ? character : "?";
}
