/** The longest message; what is cut is said. */
const MAX_CHARS = 8_000;

/**
 * Control characters (C0 but tabs and newlines, DEL, C1), line and paragraph separators, marks and overrides of the
 * writing direction, invisible joiners, and halves of surrogate pairs: what moves a cursor, hides, or reorders.
 */
const HARMFUL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff]/gu;

/**
 * The text as it may be shown anywhere: what comes from a form, a file or a vendor cannot move the cursor, hide what
 * stands before it, or fill a disk. Harmful characters are written as `\u001b`, which JSON reads as the same text.
 */
export function harmless(text: string, maxChars: number = MAX_CHARS): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars)} … (${text.length - maxChars} more)` : text;
  return cut.replace(HARMFUL, escaped);
}

/** `harmless` without a limit, for what is printed because somebody has asked for it. */
export function harmlessOutput(text: string): string {
  return text.replace(HARMFUL, escaped);
}

function escaped(found: string): string {
  let written = "";
  for (let at = 0; at < found.length; at += 1) {
    written += `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return written;
}
