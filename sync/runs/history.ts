import type { Folder } from "../project/folder.js";
import type { Last } from "../schedule/timing.js";
import { lastRuns } from "./archive.js";
import type { Started } from "./events.js";
import { countsOf, isSync, type Run } from "./run.js";

/** As many runs are looked at to see how often it has failed in a row. */
const LOOK_BACK = 12;

/** How a run counts for the next one. */
export function outcomeForSchedule({ ended }: Run): Last["outcome"] {
  if (ended?.outcome === "succeeded") return "succeeded";
  return ended?.explanation?.failure_type === "config_error" ? "waits" : "failed";
}

/**
 * How the last sync of a project ended; undefined where it has not had one. One that was stopped or killed was cut
 * short, so that what it left is due at once.
 */
export async function lastOf(folder: Folder): Promise<Last | undefined> {
  const runs = await lastSyncs(folder);
  const [newest] = runs;
  if (!newest) return undefined;
  const startedAt = Date.parse(newest.started.at);
  if (!newest.ended || newest.ended.outcome === "stopped") {
    return { startedAt, endedAt: Number.NEGATIVE_INFINITY, outcome: "failed", failures: 0 };
  }
  const succeeded = runs.findIndex((run) => outcomeForSchedule(run) === "succeeded");
  const failures = succeeded < 0 ? runs.length : succeeded;
  return { startedAt, endedAt: Date.parse(newest.ended.at), outcome: outcomeForSchedule(newest), failures };
}

async function lastSyncs(folder: Folder): Promise<Run[]> {
  const runs = await lastRuns(folder, LOOK_BACK);
  return runs.filter(({ started }) => isSync(started));
}

/**
 * How many contacts the last run read that is comparable to one of this kind: everything, or only what is new.
 * Undefined where there is none, and for a run that has its own measure.
 */
export async function lastTotal(
  folder: Folder,
  run: number,
  { retry_of, limit, resumes }: Pick<Started, "retry_of" | "limit"> & { readonly resumes: boolean },
): Promise<number | undefined> {
  if (retry_of !== undefined || limit !== undefined) return undefined;
  const before = (await lastSyncs(folder)).filter(({ number }) => number < run);
  const comparable = before.find(({ started, ended }) => {
    if (ended?.outcome !== "succeeded" || started.limit !== undefined) return false;
    return resumes ? !isWhole(started) : isWhole(started);
  });
  return comparable && countsOf(comparable).read;
}

const isWhole = ({ run, full }: Started) => full === true || run === 1;
