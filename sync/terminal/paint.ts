/** How a piece of text is meant. */
export type Tone = "good" | "warn" | "bad" | "soft" | "strong" | "command";

/** Marks stand for colours until it is known where the text goes: noncharacters, which text of others never holds. */
const END = "\ufdd0";
const MARK: Readonly<Record<Tone, string>> = {
  good: "\ufdd1",
  warn: "\ufdd2",
  bad: "\ufdd3",
  soft: "\ufdd4",
  strong: "\ufdd5",
  command: "\ufdd6",
};
/** Select Graphic Rendition (ECMA-48, 8.3.117): on, and off. */
const RENDITION: Readonly<Record<string, string>> = {
  "\ufdd1": "\x1b[32m",
  "\ufdd2": "\x1b[33m",
  "\ufdd3": "\x1b[31m",
  "\ufdd4": "\x1b[2m",
  "\ufdd5": "\x1b[1m",
  "\ufdd6": "\x1b[36m",
  [END]: "\x1b[0m",
};
const MARKS = /[\ufdd0-\ufdef]/g;

/** Text on one line in a colour, where the place that it goes to shows colours. */
export function paint(tone: Tone, text: string): string {
  return `${MARK[tone]}${text}${END}`;
}

/** Text with its colours, or without. */
export function coloured(text: string, hasColours: boolean): string {
  return text.replace(MARKS, (mark) => (hasColours ? (RENDITION[mark] ?? "") : ""));
}

/** Whether a line is a command, which is pasted as a whole. */
export function isCommand(line: string): boolean {
  return line.includes(MARK.command);
}

/**
 * Whether a stream shows colours: NO_COLOR (no-color.org) forbids them, FORCE_COLOR asks for them, else a terminal that
 * knows some gets them.
 */
export function showsColours(
  { isTTY }: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  return isTTY === true && env.TERM !== "dumb";
}
