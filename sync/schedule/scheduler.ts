import { type Last, nextStart, type Schedule } from "./timing.js";

/** Longer than this no nap lasts, in ms: a machine that was asleep is noticed, and a clock that was set. */
const NAP_MS = 30_000;

export interface Scheduler {
  readonly schedule: Schedule;
  /** How the last run of the project ended, whoever did it. */
  readonly last: Last | undefined;
  readonly now: () => number;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told when the next run will be. */
  onWait(until: number): void;
  /** Does a run. Resolves with how it ended; undefined: another run is under way, so that this one is left out. */
  run(): Promise<"succeeded" | "failed" | "waits" | undefined>;
}

/** Runs by a schedule until the signal is aborted: never two at once, and ticks that were missed as one. */
export async function keepSchedule(scheduler: Scheduler): Promise<void> {
  const { schedule, now, signal } = scheduler;
  let { last } = scheduler;
  while (!signal.aborted) {
    const due = nextStart(schedule, last, now());
    if (due > now()) scheduler.onWait(due);
    while (due > now() && !signal.aborted) await scheduler.sleep(Math.min(due - now(), NAP_MS), signal);
    if (signal.aborted) return;
    const startedAt = now();
    const outcome = await scheduler.run();
    const failures = outcome === "succeeded" || outcome === undefined ? 0 : (last?.failures ?? 0) + 1;
    // Who finds another run under way takes that for the one that was due.
    last = { startedAt, endedAt: now(), outcome: outcome ?? "succeeded", failures };
  }
}
