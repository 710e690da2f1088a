import { explained, messageOf } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { forgetStates } from "../project/saved-state.js";
import type { Settings } from "../project/settings.js";
import { forgetRuns } from "./archive.js";

/** Forgets what is older than the settings want. What cannot be removed now is removed by a later run. */
export async function tidy(
  { folder, settings }: { readonly folder: Folder; readonly settings: Settings },
  { now, terminal }: Pick<Host, "now" | "terminal">,
): Promise<void> {
  try {
    await forgetStates(folder, settings.keep.states);
    await forgetRuns(folder, settings.keep.days, now());
  } catch (error) {
    terminal.say(`warn: old runs cannot be removed: ${messageOf(explained(error))}`);
  }
}
