import type { Folder } from "../project/folder.js";
import { readSettings } from "../project/settings.js";
import { lastRuns, outcomeOf } from "../runs/archive.js";
import { outcomeForSchedule } from "../runs/history.js";
import { outlookOf } from "../schedule/outlook.js";
import type { Measured } from "./gauges.js";

/** As many runs are looked through for the last success. */
const LOOK_BACK = 100;

/** Looks up what a project's numbers are made of. */
export async function measure(folder: Folder, version: string, now: number): Promise<Measured> {
  const { schedule } = await readSettings(folder);
  const runs = await lastRuns(folder, LOOK_BACK);
  const [newest] = runs;
  const syncs = runs.filter(({ started, ended }) => ended !== undefined && started.retry_of === undefined);
  const succeeded = syncs.findIndex((run) => outcomeForSchedule(run) === "succeeded");
  return {
    version,
    newest,
    outcome: newest && (await outcomeOf(newest, now)),
    last: runs.find(({ ended }) => ended !== undefined),
    lastSuccess: succeeded < 0 ? undefined : syncs[succeeded],
    failures: succeeded < 0 ? syncs.length : succeeded,
    outlook: await outlookOf(folder, schedule, now),
  };
}
