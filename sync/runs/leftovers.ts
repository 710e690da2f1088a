import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { explained, messageOf } from "../errors.js";
import type { Host } from "../host.js";
import { makerOfDraft } from "../project/atomic.js";
import { type Folder, namesIn } from "../project/folder.js";
import { forgetStates } from "../project/saved-state.js";
import type { Settings } from "../project/settings.js";
import { readText } from "../project/text-file.js";
import { forgetRuns, readRun, runNumbers } from "./archive.js";
import { parseEvents } from "./events.js";
import { vitalityOf } from "./holder.js";

/**
 * Removes the drafts that runs have left which were killed while they wrote: those of logs say themselves whose they
 * were, those of states bear the token of a run whose log is there. Any other file stays.
 */
export async function clearDrafts(folder: Folder): Promise<void> {
  for (const [token, path] of await draftsIn(folder.runs)) {
    const [started] = parseEvents(await readText(path).catch(() => ""));
    if (started?.event !== "started" || started.token !== token) continue;
    if ((await vitalityOf(started.holder)) === "dead") await rm(path, { force: true });
  }
  const drafts = await draftsIn(folder.states);
  if (drafts.length === 0) return;
  const over = await tokensOfRunsThatAreOver(folder);
  for (const [token, path] of drafts) if (over.has(token)) await rm(path, { force: true });
}

/** A draft of one of the project's own files: its name, and what nobody else could have made up. */
const OF_THE_PROJECT =
  /^(?:flowcode-iterable|fields|scheduler|console)\.json\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
/** Nobody writes a file for as long. */
const LONG_AGO_MS = 600_000;

/**
 * Removes drafts of the project's settings and of its other files that somebody was killed over, secrets and all. They
 * hold whatever had been written, so that their names alone, and their age, tell what they are.
 */
export async function clearProjectDrafts(folder: Folder, now: number): Promise<void> {
  for (const [token, path] of await draftsIn(folder.path)) {
    if (!OF_THE_PROJECT.test(token)) continue;
    const touched = await lstat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => now,
    );
    if (now - touched > LONG_AGO_MS) await rm(path, { force: true });
  }
}

/** Files that bear the name of a draft, by the token in it. */
async function draftsIn(path: string): Promise<(readonly [token: string, path: string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const name of await namesIn(path)) {
    const token = makerOfDraft(name);
    if (token === undefined) continue;
    const isFile = await lstat(join(path, name)).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (isFile) found.push([token, join(path, name)]);
  }
  return found;
}

/** The newest run is the one under way; all others are over. */
async function tokensOfRunsThatAreOver(folder: Folder): Promise<Set<string>> {
  const tokens = new Set<string>();
  for (const number of (await runNumbers(folder)).slice(0, -1)) {
    const token = (await readRun(folder, number))?.started.token;
    if (token !== undefined) tokens.add(token);
  }
  return tokens;
}

/** Forgets what is older than the settings want. What cannot be removed now is removed by a later run. */
export async function tidy(
  { folder, settings }: { readonly folder: Folder; readonly settings: Settings },
  { now, terminal }: Pick<Host, "now" | "terminal">,
): Promise<void> {
  try {
    await clearProjectDrafts(folder, now());
    await forgetStates(folder, settings.keep.states);
    await forgetRuns(folder, settings.keep.days, now());
  } catch (error) {
    terminal.say(`warn: old runs cannot be removed: ${messageOf(explained(error))}`);
  }
}
