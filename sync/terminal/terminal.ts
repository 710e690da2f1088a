import { createLogUpdate } from "log-update";
import { type Calling, pasted } from "./calling.js";
import { jsonLine, tame } from "./harmless.js";
import { fitted, tied } from "./layout.js";
import { coloured, paint, showsColours } from "./paint.js";

/** Where people, or programs, read what happens. Whatever is printed, no terminal obeys it. */
export interface Terminal {
  /** Whether somebody watches: a line can be rewritten then. */
  readonly isWatched: boolean;
  /** How wide what is printed may be; infinite where no terminal shows it. */
  readonly columns: number;
  /** Lines of what was asked for, on standard output. */
  print(text: string): void;
  /** A text that other programs take, such as a file's: as it is, on standard output. */
  printExact(text: string): void;
  /** A value as a line of JSON, for programs, on standard output. */
  printJson(value: unknown): void;
  /** Lines about what happens, on standard error. */
  say(text: string): void;
  /** The line at the bottom, in place of what it said before; "" takes it away. Shown where somebody watches. */
  rewrite(text: string): void;
}

/** What a stream of this process shows text on. */
type Stream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export interface TerminalOptions {
  readonly out: Stream;
  readonly err: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly calling: Calling;
}

const USUAL_COLUMNS = 80;

export function createTerminal({ out, err, env, calling }: TerminalOptions): Terminal {
  const isWatched = err.isTTY === true;
  // The cursor is left as it is: a process that is killed could not bring it back.
  const bottom = createLogUpdate(err as NodeJS.WriteStream, { showCursor: true });
  const columnsOf = (stream: Stream) => {
    if (stream.isTTY) return stream.columns || USUAL_COLUMNS;
    return Number(env.COLUMNS) > 0 ? Number(env.COLUMNS) : Number.POSITIVE_INFINITY;
  };
  const shown = (text: string, stream: Stream): string => {
    const commanding = pasted(tame(text), calling, (command) => tied(paint("command", command)));
    return coloured(fitted(commanding, columnsOf(stream)), showsColours(stream, env));
  };
  let atBottom = "";
  const without = (write: () => void): void => {
    if (atBottom !== "") bottom.clear();
    write();
    if (atBottom !== "") bottom(atBottom);
  };
  return {
    isWatched,
    get columns() {
      return columnsOf(out);
    },
    print: (text) => without(() => out.write(`${shown(text, out)}\n`)),
    printExact: (text) => without(() => out.write(tame(text))),
    printJson: (value) => without(() => out.write(`${jsonLine(value)}\n`)),
    say: (text) => without(() => err.write(`${shown(text, err)}\n`)),
    rewrite(text) {
      const next = shown(text, err);
      if (!isWatched || next === atBottom) return;
      atBottom = next;
      if (next === "") bottom.clear();
      else bottom(next);
    },
  };
}
