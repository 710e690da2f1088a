// Prints every text that users of this project read, in one list, so that it can be read once from beginning to end:
// titles and descriptions of settings, help of commands, messages of errors and logs, words of pages. By file, with
// lines. What holds no two words, and what is a path, an address or a pattern, is left out.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const ROOMS = [
  "source-flowcode",
  "destination-iterable",
  "connector",
  "protocol",
  "http",
  "sync",
  "console-ui",
];

/** A literal of JavaScript between quotes of a kind. */
const LITERAL = /"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const WORDS = /[\p{L}’']{2,}[^\p{L}\s]*\s[^\p{L}]*[\p{L}’']{2,}/u;
/** What is no text for people, though it has words. */
const OTHER = /^(?:\.{0,2}\/|https?:|node:|@)|^[\w-]+(?:\/[\w.-]+)+$|\bvar\(--|^M ?\d/;

/** Comments, emptied, so that lines keep their numbers. */
const bare = (code) =>
  code
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/^(\s*)\/\/.*$/gm, "$1");

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The texts of a file, with their lines. */
export function stringsIn(code) {
  const text = bare(code);
  return [...text.matchAll(LITERAL)].flatMap((match) => {
    const inside = match[0].slice(1, -1).replace(/\s+/g, " ").trim();
    if (!WORDS.test(inside.replace(/\$\{[^}]*\}/g, "…")) || OTHER.test(inside)) return [];
    return [{ line: text.slice(0, match.index).split("\n").length, text: inside }];
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of ROOMS.flatMap((room) => filesIn(join(root, room)))) {
    const found = stringsIn(readFileSync(path, "utf8"));
    if (found.length === 0) continue;
    console.log(`\n${relative(root, path)}`);
    for (const { line, text } of found) console.log(`  ${String(line).padStart(4)}  ${text}`);
  }
}
