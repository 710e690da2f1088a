/** What Python's json writes for numbers that JSON has no word for. */
const NOT_FINITE = /(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.])/g;

/**
 * Parses a line that may come, or be kept, as some source wrote it: `NaN` and `Infinity` are read as null. Throws like
 * `JSON.parse` at what is no JSON even so.
 */
// biome-ignore lint/suspicious/noExplicitAny: as JSON.parse.
export function parseRecordLine(line: string): any {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!/NaN|Infinity/.test(line)) throw error;
    return JSON.parse(betweenTexts(line, (between) => between.replace(NOT_FINITE, "null")));
  }
}

/** The JSON with all but its texts changed. */
function betweenTexts(json: string, change: (between: string) => string): string {
  let changed = "";
  for (let at = 0; at < json.length; ) {
    const quote = json.indexOf('"', at);
    const start = quote < 0 ? json.length : quote;
    const end = textEnd(json, start);
    changed += change(json.slice(at, start)) + json.slice(start, end);
    at = end;
  }
  return changed;
}

/** Where the text that begins at a quote ends. */
function textEnd(json: string, quote: number): number {
  for (let at = json.indexOf('"', quote + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json[at - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return json.length;
}
