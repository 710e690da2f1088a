import type { Host } from "../host.js";

/** Characters of a line, as a page shows them. */
const COLUMNS = 110;

/** A host whose terminal keeps what a command prints, so that the pages get what the command would have said. */
export interface Captured {
  readonly host: Host;
  /** The lines for people. */
  text(): string;
  /** The values of `--json`, in their order. */
  values(): readonly unknown[];
}

export function captured(host: Host): Captured {
  let text = "";
  const values: unknown[] = [];
  const terminal: Host["terminal"] = {
    isWatched: false,
    columns: COLUMNS,
    print(more) {
      text += `${more}\n`;
    },
    printExact: () => undefined,
    printJson: (value) => void values.push(value),
    say: () => undefined,
    rewrite: () => undefined,
  };
  return { host: { ...host, terminal }, text: () => text, values: () => values };
}
