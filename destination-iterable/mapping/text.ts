/**
 * What nobody sees in a text: white space of every kind, control characters, zero-width and direction marks, fillers,
 * soft hyphens, byte order marks, replacement characters, and halves of surrogate pairs (Unicode's White_Space and
 * Default_Ignorable_Code_Point; U+2800 is a blank of Braille).
 */
const UNSEEN = /^[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffd]$/u;
/** The same anywhere, but for the space of ASCII, which quoted parts of addresses may have. */
const UNSEEN_WITHIN =
  /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\ufff9-\ufffd]/u;
/** Unseen by itself, and part of the look of what it follows: variation selectors, and the tags of flags. */
const MODIFIER = /^(?:[\ufe00-\ufe0f]|[\u180b-\u180d\u180f]|[\u{e0020}-\u{e007f}]|[\u{e0100}-\u{e01ef}])$/u;
/** Behind one of these, a joiner or non-joiner chooses the form of the last letter (Unicode, chapter 12: Brahmic scripts). */
const VIRAMA = /^[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]$/;
const NON_JOINER = 0x200c;
const JOINER = 0x200d;

/** No pattern runs over more of a contact's text than this. */
export const MOST_MATCHED = 10_000;

/** The text without what nobody sees at its ends. What joins letters or emoji inside stays as it is. */
export function trimmed(text: string): string {
  const { length } = text;
  if (length === 0 || (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(length - 1)))) return text;
  const start = seenFrom(text);
  return start === length ? "" : text.slice(start, seenUntil(text));
}

/** Whether there is nothing in the text that anybody would see. */
export function isBlank(text: string): boolean {
  return text.length === 0 || (!isPlain(text.charCodeAt(0)) && seenFrom(text) === text.length);
}

/** Whether a text holds anything unseen but plain spaces. */
export function hasUnseen(text: string): boolean {
  return UNSEEN_WITHIN.test(text);
}

/** A name or word as it is compared: nothing unseen at its ends, letters with accents in one form (NFC). */
export function comparable(text: string): string {
  return trimmed(text).normalize("NFC");
}

/** The same, whatever the case. */
export function foldedWord(word: unknown): string {
  return comparable(String(word)).toLowerCase();
}

/** Nothing to send: absent, null, a text without anything to see, or a list of nothing else. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "string") return isBlank(value);
  return Array.isArray(value) && value.every(isNothing);
}

const isNothing = (value: unknown) =>
  value === undefined || value === null || (typeof value === "string" && isBlank(value));

/**
 * A character of one of the blocks in which all can be seen, as nearly every text begins and ends with, whatever its
 * script: looking there costs next to nothing.
 */
const isPlain = (unit: number) =>
  (unit > 0x20 && unit < 0x7f) ||
  (unit >= 0xc0 && unit < 0x34f) ||
  (unit >= 0x370 && unit < 0x61c) ||
  (unit >= 0x620 && unit < 0x115f) ||
  (unit > 0x3000 && unit < 0xd800 && unit !== 0x3164);

function seenFrom(text: string): number {
  let at = 0;
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    if (!UNSEEN.test(character)) break;
    at += character.length;
  }
  return at;
}

function seenUntil(text: string): number {
  let end = text.length;
  while (end > 0) {
    const character = characterBefore(text, end);
    if (!UNSEEN.test(character) || belongsBefore(text, end, character)) break;
    end -= character.length;
  }
  return end;
}

/** Whether the unseen character that ends at `end` is part of the look of the one before. */
function belongsBefore(text: string, end: number, character: string): boolean {
  const before = characterBefore(text, end - character.length);
  const unit = character.charCodeAt(0);
  if (unit === JOINER || unit === NON_JOINER) return VIRAMA.test(before);
  return MODIFIER.test(character) && (!UNSEEN.test(before) || MODIFIER.test(before));
}

function characterBefore(text: string, end: number): string {
  const point = text.codePointAt(end - 2);
  return point !== undefined && point > 0xffff ? String.fromCodePoint(point) : text.slice(end - 1, end);
}
