/**
 * Text of other programs, of forms and of vendors on one line, without anything that a terminal would obey: control
 * characters and escape sequences are shown as pictures; halves of surrogate pairs, what turns the direction of writing,
 * and the marks of our own colours as U+FFFD, and line ends as spaces. A name cannot paint, move the cursor, or look like a line of ours.
 */
export function harmless(text: string): string {
  return tame(text.replace(/[\t\n\r\v\f\u0085\u2028\u2029]+/g, " ")).replace(MARKS, UNKNOWN);
}

/** The same for text of several lines, which may carry the marks of `paint`: what every terminal gets. */
export function tame(text: string): string {
  return text.replace(OBEYED, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(PICTURES + code) : code === 0x7f ? "\u2421" : UNKNOWN;
  });
}

/**
 * JSON on one line for standard output. What a terminal would obey is escaped, which changes nothing for whoever parses
 * it.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const UNKNOWN = "\ufffd";
/** Where Unicode keeps a picture of each control character. */
const PICTURES = 0x2400;
/** Marks of `paint`: code points that no text may hold (Unicode's noncharacters). */
const MARKS = /[\ufdd0-\ufdef]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not get through.
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;
const ESCAPED = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]/g;
