import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { coloured } from "./paint.js";

/** Stands for a space at which no line ends: a noncharacter, which text of others never holds. */
const TIED = "\ufdef";
const END = "\n";

/** The columns that a text takes on a terminal: two for each character of wide scripts, none for combining marks. */
export function widthOf(text: string): number {
  return stringWidth(coloured(text.replaceAll(TIED, " "), false));
}

/** Text of one line cut into lines of at most `columns`, at words where there are some. */
export function wrapped(text: string, columns: number): string[] {
  if (widthOf(text) <= columns) return [text];
  return wrapAnsi(text, Math.max(columns, 2), { hard: true }).split("\n");
}

/** Text that stays on one line: a command that is split cannot be pasted. */
export function tied(text: string): string {
  return text.replaceAll(" ", TIED);
}

/** A page whose lines fit: longer ones go on in the next, below where they began. */
export function fitted(page: string, columns: number): string {
  return page
    .split("\n")
    .flatMap((line) => (widthOf(line) <= columns ? [line] : cut(line, columns)))
    .join("\n")
    .replaceAll(TIED, " ");
}

function cut(line: string, columns: number): string[] {
  const [indent = ""] = /^ */.exec(line) ?? [];
  const depth = Math.min(indent.length + 2, Math.floor(columns / 2));
  const room = columns - depth;
  const words = line.trimStart();
  // A command that is wider than the terminal stands alone in its line, which the terminal itself continues.
  const pieces = words
    .split(" ")
    .flatMap((word) => (word.includes(TIED) && widthOf(word) > room ? [END, word, END] : [word]));
  const texts = gathered(pieces).flatMap((text) =>
    isAlone(text) && widthOf(text) > room ? [text] : wrapped(text, room),
  );
  return texts.map((text, index) => `${index === 0 ? indent : " ".repeat(depth)}${text}`);
}

/** Whether a line is one command and nothing else. */
const isAlone = (line: string) => line.includes(TIED) && !line.includes(" ");

/** Words joined by spaces, up to each end of a line. */
function gathered(words: readonly string[]): string[] {
  const lines: string[][] = [[]];
  for (const word of words) {
    if (word === END) lines.push([]);
    else lines.at(-1)?.push(word);
  }
  return lines.filter((line) => line.length > 0).map((line) => line.join(" "));
}
