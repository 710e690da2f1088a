import { access, constants, mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { codeOf } from "../errors.js";

/**
 * Where a project keeps what. Everything is readable for its owner alone.
 *
 *     flowcode-iterable.json    the settings: both connectors, the streams, the schedule
 *     runs/12.jsonl             the log of run 12; while the run lasts, also its claim on the project
 *     state/12.json             how far run 12 came, as the destination released it
 *     rejects/12/*.jsonl        contacts that run 12 has rejected, with their data and the reasons
 *     previous/12/*.jsonl       what run 12 has changed in Iterable, with the values before
 *     existing/                 which profiles Iterable has, as keyed hashes
 *     .work-<random>/           what the connectors are started with, while they run
 *     scheduler.json            who keeps the schedule, and when the next sync is due
 *     fields.json               every field that a contact has had, by stream
 *
 * Runs, states and rejected contacts may lie behind symbolic links that the user has set; what is removed is removed by
 * the name under which the project has made it, and nothing else ever is.
 */
export interface Folder {
  readonly path: string;
  readonly settings: string;
  readonly runs: string;
  readonly states: string;
  readonly rejects: string;
  readonly existing: string;
  readonly scheduler: string;
  readonly fields: string;
  log(run: number): string;
  /** A file that asks a run to stop. */
  stopOf(run: number): string;
  state(run: number): string;
  rejectsOf(run: number): string;
  previousOf(run: number): string;
}

export function folderAt(path: string): Folder {
  const root = resolve(path);
  const runs = join(root, "runs");
  const states = join(root, "state");
  const rejects = join(root, "rejects");
  return {
    path: root,
    settings: join(root, "flowcode-iterable.json"),
    runs,
    states,
    rejects,
    existing: join(root, "existing"),
    scheduler: join(root, "scheduler.json"),
    fields: join(root, "fields.json"),
    log: (run) => join(runs, `${run}.jsonl`),
    stopOf: (run) => join(runs, `${run}.stop`),
    state: (run) => join(states, `${run}.json`),
    rejectsOf: (run) => join(rejects, String(run)),
    previousOf: (run) => join(root, "previous", String(run)),
  };
}

/** Makes a folder that nobody else may look into. Throws where this process may not, or may not write there. */
export async function makeFolder(path: string): Promise<void> {
  // Alone first: with its parents, Node says ENOENT where the file system is mounted read-only.
  await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
    if (codeOf(error) === "ENOENT") await mkdir(path, { recursive: true, mode: 0o700 });
    else if (codeOf(error) !== "EEXIST") throw error;
  });
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
}

/** The highest number of a run: a number holds it exactly, and names have no more digits. */
export const HIGHEST_RUN = 999_999_999_999_999;
const NUMBER = /^[1-9]\d{0,14}$/;

/** The numbers of the runs that have an entry with this ending in a folder, ascending; none where it does not exist. */
export async function numbersIn(path: string, ending: string): Promise<number[]> {
  const names = await namesIn(path);
  return names
    .filter((name) => name.endsWith(ending) && NUMBER.test(name.slice(0, name.length - ending.length)))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

/** The names in a folder; none where it does not exist. */
export async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
}
