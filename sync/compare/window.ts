import { Unusable } from "../errors.js";
import type { Folder } from "../project/folder.js";
import { readState, runsWithState, type SavedState } from "../project/saved-state.js";
import { readRun, rejectFiles, runNumbers } from "../runs/archive.js";
import type { Run } from "../runs/run.js";

/** What a run has read, as far as it can be read again. */
export type Window =
  | { readonly kind: "beginning" }
  | { readonly kind: "state"; readonly state: SavedState }
  /** The contacts that an earlier run had rejected. */
  | { readonly kind: "files"; readonly files: readonly string[] }
  /** The state that it started from is not kept any more. */
  | { readonly kind: "forgotten" };

/** Finds out where a run started. Throws Unusable where what it has read is gone. */
export async function windowOf(folder: Folder, { number, started }: Run): Promise<Window> {
  if (started.retry_of !== undefined) {
    const files = await rejectFiles(folder, started.retry_of);
    if (files.length > 0) return { kind: "files", files };
    throw new Unusable(`the contacts that run ${number} has retried are not kept any more`);
  }
  if (started.undo_of !== undefined)
    throw new Unusable(
      `run ${number} has put back what run ${started.undo_of} had changed: nothing was read`,
    );
  if (started.full) return { kind: "beginning" };
  const before = (await runsWithState(folder)).filter((run) => run < number).at(-1);
  const from = started.from_state ?? before;
  if (from === undefined)
    return (await hadState(folder, number)) ? { kind: "forgotten" } : { kind: "beginning" };
  const found = await readState(folder, from);
  return found.kind === "good" ? { kind: "state", state: found.state } : { kind: "forgotten" };
}

/** Whether any run before this one has left a state, as far as is remembered. */
async function hadState(folder: Folder, number: number): Promise<boolean> {
  const earlier = (await runNumbers(folder)).filter((run) => run < number);
  // Logs that are forgotten may have been of runs with a state.
  if (earlier.length < number - 1) return true;
  const runs = await Promise.all(earlier.map((run) => readRun(folder, run)));
  return runs.some((run) => run?.ended?.state);
}
