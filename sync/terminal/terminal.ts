import { createLogUpdate } from "log-update";

/** Where people, or programs, read what happens. */
export interface Terminal {
  /** Whether somebody watches: a line can be rewritten then. */
  readonly isWatched: boolean;
  /** A line of what was asked for, on standard output. */
  print(text: string): void;
  /** A line about what happens, on standard error. */
  say(text: string): void;
  /** The line at the bottom, in place of what it said before; "" takes it away. Shown where somebody watches. */
  rewrite(text: string): void;
}

export function createTerminal(out: NodeJS.WritableStream, err: NodeJS.WriteStream): Terminal {
  const isWatched = err.isTTY === true;
  // The cursor is left as it is: a process that is killed could not bring it back.
  const bottom = createLogUpdate(err, { showCursor: true });
  let shown = "";
  const without = (print: () => void): void => {
    if (shown !== "") bottom.clear();
    print();
    if (shown !== "") bottom(shown);
  };
  return {
    isWatched,
    print: (text) => without(() => out.write(`${text}\n`)),
    say: (text) => without(() => err.write(`${text}\n`)),
    rewrite(text) {
      if (!isWatched || text === shown) return;
      shown = text;
      if (text === "") bottom.clear();
      else bottom(text);
    },
  };
}

/** Text of other programs and of forms without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}
