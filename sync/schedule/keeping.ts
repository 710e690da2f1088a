import { setTimeout } from "node:timers/promises";
import { Busy, explained, Unavailable, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { readSettings } from "../project/settings.js";
import { lastOf, outcomeForSchedule } from "../runs/history.js";
import type { Run } from "../runs/run.js";
import { claimScheduler, type Scheduler, type SchedulerClaim } from "./claim.js";
import { keepSchedule } from "./scheduler.js";
import type { Schedule } from "./timing.js";

export interface Keeping {
  readonly folder: Folder;
  /** A schedule of one's own; undefined: that of the settings, as it is at any moment. */
  readonly schedule: Schedule | undefined;
  readonly by: Scheduler["by"];
  /** Does a run. Throws Busy where another one is under way. */
  run(): Promise<Run>;
  /** Told when the next run is due; undefined where the settings have no schedule any more. */
  onWait(until: number | undefined): void;
  /** Told why a run could not begin, or was not written down. */
  onFailure(error: unknown): void;
}

/** How long is waited for a disk that takes nothing at this moment, in ms. */
const AGAIN_MS = 30_000;

/** Becomes the scheduler, as soon as the disk lets it; undefined where the signal came before. */
async function claimInTime(
  { folder, by, onFailure }: Keeping,
  schedule: Schedule | undefined,
  { now, signal }: Pick<Host, "now" | "signal">,
): Promise<SchedulerClaim | undefined> {
  while (!signal.aborted) {
    try {
      return await claimScheduler(folder, { by, schedule: schedule ?? null }, now);
    } catch (thrown) {
      const error = explained(thrown);
      if (!(error instanceof Unavailable)) throw error;
      onFailure(error);
      await setTimeout(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/**
 * Is the scheduler of a project until the host's signal is aborted. Throws Busy where another one lives; resolves early
 * where another one has taken over, because this one gave no sign of life.
 */
export async function keepProjectSchedule(
  keeping: Keeping,
  host: Pick<Host, "now" | "signal">,
): Promise<void> {
  const { folder } = keeping;
  let current = keeping.schedule ?? (await readSettings(folder)).schedule;
  const claim = await claimInTime(keeping, current, host);
  if (!claim) return;
  try {
    await keepSchedule({
      // Settings that are being edited, and cannot be read at this moment, leave the schedule as it was.
      schedule: async () => {
        current =
          keeping.schedule ??
          (await readSettings(folder)
            .then(({ schedule }) => schedule)
            .catch(() => current));
        return current;
      },
      last: await lastOf(folder),
      now: host.now,
      signal: AbortSignal.any([host.signal, claim.lost]),
      sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
      onPlan(schedule, due) {
        // Whoever is told looks at what is written down.
        void claim
          .update(schedule ?? null, due ?? null)
          .catch((error: unknown) => keeping.onFailure(explained(error)))
          .then(() => keeping.onWait(due));
      },
      onFailure: keeping.onFailure,
      async run() {
        try {
          return outcomeForSchedule(await keeping.run());
        } catch (thrown) {
          const error = explained(thrown);
          if (!(error instanceof Busy || error instanceof Unusable)) throw error;
          keeping.onFailure(error);
          return error instanceof Busy ? undefined : "waits";
        }
      },
    });
  } finally {
    await claim.release().catch(() => undefined);
  }
}
