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

const TO_BEGIN_AND_CLEAR = "\r\x1b[2K";

export interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export function createTerminal(out: Screen, err: Screen): Terminal {
  const isWatched = err.isTTY === true;
  let bottom = "";
  const without = (print: () => void): void => {
    if (bottom !== "") err.write(TO_BEGIN_AND_CLEAR);
    print();
    if (bottom !== "") err.write(bottom);
  };
  return {
    isWatched,
    print: (text) => without(() => out.write(`${text}\n`)),
    say: (text) => without(() => err.write(`${text}\n`)),
    rewrite(text) {
      if (!isWatched) return;
      // A line that wraps could not be taken back.
      const next = text.slice(0, Math.max((err.columns ?? 80) - 1, 0));
      if (next === bottom) return;
      err.write(`${bottom === "" ? "" : TO_BEGIN_AND_CLEAR}${next}`);
      bottom = next;
    },
  };
}

/** Text of other programs and of forms without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}
