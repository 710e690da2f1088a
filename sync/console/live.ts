import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Folder } from "../project/folder.js";
import { outcomeOf, readRun, runNumbers } from "../runs/archive.js";
import type { Run } from "../runs/run.js";
import { readPiece } from "./tail.js";

/** How often is looked at what is new, in ms: four times a second is as often as anybody sees. */
const LOOK_MS = 250;

/** Something that has happened. `id` is where to go on from after it. */
export interface Happening {
  readonly kind: "run" | "log" | "schedule" | "project";
  readonly id?: string;
  readonly data: unknown;
}

/** What is under way, as pages show it. The names of its keys are relied on by them. */
export interface Standing {
  readonly run: number;
  readonly kind: string;
  readonly started: string;
  readonly read: number;
  readonly settled: number;
  readonly rejected: number;
  readonly expected?: number;
  readonly waiting?: unknown;
}

export interface Follower {
  /** Looks once; resolves with what has happened since the last look. */
  look(): Promise<Happening[]>;
}

/**
 * Follows a project's runs, whoever started them, by what their logs say. `from` is the id of the last thing that was
 * seen: a run and a place in its log.
 */
export function createFollower(folder: Folder, from: string | undefined): Follower {
  const seen = /^(\d+):(\d+)$/.exec(from ?? "");
  let run = seen ? Number(seen[1]) : undefined;
  let place = seen ? Number(seen[2]) : 0;
  let shown = "";
  let settingsAt: number | undefined;

  const newLines = async (): Promise<Happening[]> => {
    const newest = (await runNumbers(folder)).at(-1);
    if (newest === undefined) return [];
    if (run === undefined || run < newest) {
      run = newest;
      // Who has just come sees what happens from now on, and the log's own page for what was before.
      place = seen ? 0 : await sizeOf(folder.log(newest));
    }
    const { lines, next } = await readPiece(folder.log(run), place);
    place = next;
    if (lines.length === 0) return [];
    return [{ kind: "log", id: `${run}:${place}`, data: { run, lines: lines.length } }];
  };
  const standing = async (): Promise<Happening[]> => {
    const now = run === undefined ? null : await standingOf(folder, run);
    const text = JSON.stringify(now);
    if (text === shown) return [];
    shown = text;
    return [{ kind: "run", data: { standing: now } }];
  };
  const project = async (): Promise<Happening[]> => {
    const changed = await stat(folder.settings).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    const isNew = settingsAt !== undefined && changed !== settingsAt;
    settingsAt = changed;
    return isNew ? [{ kind: "project", data: {} }] : [];
  };
  return {
    async look() {
      const lines = await newLines();
      return [...lines, ...(await standing()), ...(await project())];
    },
  };
}

/** Looks again and again until `signal` is aborted. */
export async function follow(
  follower: Follower,
  told: (happening: Happening) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const happening of await follower.look()) told(happening);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What a run that is under way has come to; null where it is over. */
export async function standingOf(folder: Folder, number: number): Promise<Standing | null> {
  const run = await readRun(folder, number);
  if (!run || (await outcomeOf(run)) !== "running") return null;
  const progress = run.progress.at(-1) as Run["progress"][number] | undefined;
  return {
    run: number,
    kind: run.started.trigger,
    started: run.started.at,
    read: progress?.read ?? 0,
    settled: progress?.settled ?? 0,
    rejected: progress?.rejected ?? 0,
    ...(progress?.about !== undefined && { expected: progress.about }),
    ...(progress?.waiting_for !== undefined && {
      waiting: {
        for: progress.waiting_for,
        reason: (progress.reason ?? "").replaceAll("_", " "),
        since: progress.since,
        attempt: progress.attempt,
        ...(progress.next_at && { next_at: progress.next_at }),
      },
    }),
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
