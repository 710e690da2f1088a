import { basename, delimiter, dirname, relative } from "node:path";

/** How this program was called, so that the commands that it names work when they are pasted. */
export interface Calling {
  /** The program as a shell finds it: `flowcode-iterable`, `npx --no flowcode-iterable`, `node dist/sync/main.js`. */
  readonly program: string;
  /** The project as it was given; undefined where it is the current folder. */
  readonly project: string | undefined;
  /** The names of this program's commands. */
  readonly commands: ReadonlySet<string>;
}

const NAME = "flowcode-iterable";
/** A command of this program in a text, with the arguments that follow it. */
const MENTION = /(?<!npx --no )\bflowcode-iterable ([a-z][a-z-]*)((?: (?:--?[\w-]+|\d+|"[^"\n]*"))*)/g;

/** How a process with these arguments was called. */
export function programOf(
  [node = "node", script = NAME]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  if (env.npm_command === "exec") return `npx --no ${NAME}`;
  const isFound = (env.PATH ?? "").split(delimiter).includes(dirname(script));
  if (basename(script) === NAME) return isFound ? NAME : quoted(nearest(script, cwd));
  const engine = basename(node).replace(/\.exe$/, "") === "node" ? "node" : quoted(node);
  return `${engine} ${quoted(nearest(script, cwd))}`;
}

/** The project as it was given on the command line, before that is read. */
export function projectOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((argument) => /^--project(=|$)/.test(argument));
  const given = args[at]?.includes("=") ? args[at].slice("--project=".length) : args[at + 1];
  return at < 0 || given === "." ? undefined : given;
}

/**
 * A text in which every command of this program stands as it can be pasted: called as this process was, for the same
 * project. `keep` is told each such command and says how it is shown.
 */
export function pasted(
  text: string,
  { program, project, commands }: Calling,
  keep: (command: string) => string = (command) => command,
): string {
  return text.replace(MENTION, (mention, name: string, rest: string) => {
    if (!commands.has(name)) return mention;
    const isGiven = project === undefined || / --project\b/.test(rest);
    return keep(`${program} ${name}${isGiven ? "" : ` --project ${quoted(project)}`}${rest}`);
  });
}

function nearest(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near.startsWith("..") || near === "" ? path : near;
}

/** A word as a shell takes it for one. */
export function quoted(word: string): string {
  if (/^[\p{L}\p{N}@%+=:,./~_-]+$/u.test(word)) return word;
  return /["$`!]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}
