import type { ExportOutcome, IterableSwitches } from "../switches.js";
import type { Selection, Snapshot } from "./rows.js";

export type JobState = "enqueued" | "running" | "completed" | "failed" | "cancelled";

export interface Job {
  readonly id: number;
  readonly dataType: string;
  readonly scheduledAt: number;
  readonly outcome: ExportOutcome;
  readonly selection: Selection;
  state: JobState;
  /** When it began to run, and again after it was put back into the queue. */
  runningSince: number | undefined;
  /** How many profiles it had written when it began to run. */
  before: number;
  profiles: readonly Snapshot[];
  /** How many profiles it has written. */
  done: number;
  wasRequeued: boolean;
  endedAt: number | undefined;
}

/** What becomes of a job halfway, where its outcome is not to complete. */
const HALFWAY: Readonly<Partial<Record<ExportOutcome, JobState>>> = {
  failed: "failed",
  cancelled: "cancelled",
  truncated: "completed",
};

/** How far jobs have come is worked out when somebody looks; jobs wait for a free place in the order of their ids. */
export function createJobs(
  switches: IterableSwitches,
  now: () => number,
  snapshot: (job: Job) => readonly Snapshot[],
) {
  const jobs = new Map<number, Job>();

  const advanceOne = (job: Job): void => {
    if (job.state !== "running" || job.runningSince === undefined) return;
    const { exportProfilesPerSecond } = switches;
    const fresh =
      exportProfilesPerSecond === null
        ? Number.POSITIVE_INFINITY
        : Math.floor(((now() - job.runningSince) / 1000) * exportProfilesPerSecond);
    const half = Math.floor(job.profiles.length / 2);
    const stopsHalfway = job.outcome in HALFWAY || (job.outcome === "requeued" && !job.wasRequeued);
    const end = stopsHalfway ? half : job.profiles.length;
    job.done = Math.min(end, job.before + fresh);
    if (job.done < end) return;
    if (job.outcome === "requeued" && !job.wasRequeued) {
      job.wasRequeued = true;
      job.state = "enqueued";
      job.before = job.done;
      return;
    }
    job.state = HALFWAY[job.outcome] ?? "completed";
    job.endedAt = now();
  };

  const startWaiting = (): void => {
    let free = switches.exportSlots - switches.exportSlotsTaken;
    for (const { state } of jobs.values()) if (state === "running") free -= 1;
    for (const job of jobs.values()) {
      if (free <= 0) return;
      if (job.state !== "enqueued" || job.outcome === "stuck") continue;
      if (job.runningSince === undefined) job.profiles = snapshot(job);
      job.runningSince = now();
      job.state = "running";
      free -= 1;
    }
  };

  return {
    jobs,
    add(dataType: string, selection: Selection, number: number): Job {
      const job: Job = {
        id: 3562 + number,
        dataType,
        selection,
        scheduledAt: now(),
        outcome: switches.exportOutcomes[number] ?? "completed",
        state: "enqueued",
        runningSince: undefined,
        before: 0,
        profiles: [],
        done: 0,
        wasRequeued: false,
        endedAt: undefined,
      };
      jobs.set(job.id, job);
      return job;
    },
    cancel(job: Job): void {
      if (job.endedAt !== undefined) return;
      job.state = "cancelled";
      job.endedAt = now();
    },
    advance(): void {
      for (const job of jobs.values()) advanceOne(job);
      startWaiting();
      for (const job of jobs.values()) advanceOne(job);
    },
  };
}
