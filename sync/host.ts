import type { Asker } from "./setup/asker.js";
import type { Calling } from "./terminal/calling.js";
import type { Terminal } from "./terminal/terminal.js";

/** What commands get from the process that they run in, so that they never touch the process itself. */
export interface Host {
  readonly terminal: Terminal;
  readonly calling: Calling;
  /** The folder that the program was started in. */
  readonly cwd: string;
  /** The Node that runs this, and the connectors. */
  readonly node: string;
  readonly version: string;
  /** The clock, in ms since 1970. */
  readonly now: () => number;
  /** Aborted by the first signal: finish what is under way, return. */
  readonly signal: AbortSignal;
  /** Aborted by a second signal: return at once. */
  readonly force: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who answers questions; undefined where nobody sits at the terminal. */
  readonly asker: () => Promise<Asker | undefined>;
}
