/** One member of a JSON object, by where its value stands in the text: from `start` up to but not including `end`. */
export interface Member {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The members of the object that begins at or after `from` in `text`, found without parsing their values, so that
 * one of them can be replaced and all else keeps its bytes. The text must be valid JSON; yields nothing where no
 * object begins there.
 */
export function* members(text: string, from: number): Generator<Member> {
  let at = skipSpace(text, from);
  if (text[at] !== "{") return;
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = stringEnd(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const start = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = valueEnd(text, start);
    yield { name, start, end };
    at = skipSpace(text, end);
    if (text[at] !== ",") return;
    at = skipSpace(text, at + 1);
  }
}

/**
 * The text of an object with one member set to `json`, in place where the object has it, else at its end; every other
 * byte stays. `from` is where the object begins.
 */
export function withMember(text: string, name: string, json: string, from = 0): string {
  const all = [...members(text, from)];
  const present = all.findLast((member) => member.name === name);
  if (present) return text.slice(0, present.start) + json + text.slice(present.end);
  const start = skipSpace(text, from);
  const brace = valueEnd(text, start) - 1;
  return `${text.slice(0, brace)}${all.length > 0 ? "," : ""}${JSON.stringify(name)}:${json}${text.slice(brace)}`;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t" || text[at] === "\r" || text[at] === "\n") at += 1;
  return at;
}

/** Behind the string that begins with the quote at this place. */
export function stringEnd(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === "{" || character === "[") depth += 1;
    else if (character === "}" || character === "]") {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (
      depth === 0 &&
      (character === "," ||
        character === " " ||
        character === "\t" ||
        character === "\r" ||
        character === "\n")
    ) {
      return at;
    }
  }
  return text.length;
}
