import { Unusable } from "../errors.js";
import type { Folder } from "./folder.js";
import { readState, runsWithState, type SavedState } from "./saved-state.js";

/** Where a run takes up: where the last one ended, at the very beginning, or where an earlier run ended. */
export type Start =
  | { readonly kind: "last" }
  | { readonly kind: "beginning" }
  | { readonly kind: "run"; readonly run: number };

/**
 * The state that a run starts from; undefined: from the beginning.
 * Throws Unusable where it is damaged or gone, with the command that goes back to the last good one. A damaged state is
 * never passed over by itself: what came after the one before it would be sent a second time.
 */
export async function startingPoint(folder: Folder, start: Start): Promise<SavedState | undefined> {
  if (start.kind === "beginning") return undefined;
  const run = start.kind === "run" ? start.run : (await runsWithState(folder)).at(-1);
  if (run === undefined) return undefined;
  const found = await readState(folder, run);
  switch (found.kind) {
    case "good":
      return found.state;
    case "damaged":
      throw new Unusable(
        `the state in "${folder.state(run)}" is damaged: it is not what was saved. ${await wayBack(folder, run)}`,
      );
    case "absent":
      throw new Unusable(`there is no state of run ${run}. ${await wayBack(folder, run)}`);
  }
}

/** What to do without the state of `run`. */
async function wayBack(folder: Folder, run: number): Promise<string> {
  const command = `flowcode-iterable sync --project ${quoted(folder.path)}`;
  for (const other of (await runsWithState(folder)).reverse()) {
    if (other === run) continue;
    const found = await readState(folder, other);
    if (found.kind !== "good") continue;
    return `The last good one is that of run ${other}, saved at ${found.state.savedAt}; contacts since then are sent again with: ${command} --from-state ${other}`;
  }
  return `There is no other: everything is sent again with: ${command} --full`;
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
