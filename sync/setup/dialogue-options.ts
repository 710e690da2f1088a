import type { Sides } from "../inquiry/sides.js";
import type { Terminal } from "../terminal/terminal.js";
import type { Asker } from "./asker.js";

/** What the questions of `init` are asked with. */
export interface DialogueOptions {
  readonly asker: Asker;
  readonly sides: Sides;
  readonly terminal: Terminal;
  /** Nothing is set yet, so that everything is asked. */
  readonly isNew: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}
