import { appendFile, readFile } from "node:fs/promises";
import { type Ended, ended } from "../process.js";
import type { Dialect, Settings, Stage, Start } from "../stage.js";

/** How one sync goes. */
export interface Sync {
  readonly dialect?: Dialect;
  readonly source?: Settings;
  readonly destination?: Settings;
  readonly catalog?: unknown;
  /** Called with the processes once they run, to do something to them. */
  readonly meanwhile?: (processes: { readonly source: Killable; readonly destination: Killable }) => void;
}

export interface Killable {
  kill(signal: NodeJS.Signals): boolean;
}

/** The file that keeps the states of a stage's syncs, as `tee -a` writes it. */
const STATE = "state.jsonl";

/**
 * One sync as a shell's pipe makes it: the source, started with the states that came out so far, into the destination,
 * whose states are appended.
 */
export async function sync(
  stage: Stage,
  { dialect = "airbyte", ...how }: Sync = {},
): Promise<{ readonly source: Ended; readonly destination: Ended }> {
  const state = await readFile(stage.path(STATE), "utf8").catch(() => "");
  const start = (settings: Settings | undefined): Start => ({
    dialect,
    ...(settings && { settings }),
    ...(how.catalog !== undefined && { catalog: how.catalog }),
  });
  const [source, destination] = await Promise.all([
    stage.startSource("read", { ...start(how.source), state }),
    stage.startDestination("write", start(how.destination)),
  ]);
  source.stdin.end();
  source.stdout.pipe(destination.stdin);
  destination.stdin.on("error", () => undefined);
  // A shell's pipe breaks with its reader; Node's would leave the source waiting for room for ever.
  destination.stdin.once("close", () => source.stdout.destroy());
  const ends = Promise.all([ended(source), ended(destination)]);
  how.meanwhile?.({ source, destination });
  const [readEnd, writeEnd] = await ends;
  await appendFile(stage.path(STATE), writeEnd.stdout);
  return { source: readEnd, destination: writeEnd };
}
