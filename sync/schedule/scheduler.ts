import { type Last, nextStart, type Schedule, sanely } from "./timing.js";

/** Longer than this no nap lasts, in ms: a machine that was asleep is noticed, and a clock or a schedule that was set. */
const NAP_MS = 30_000;

export interface Scheduler {
  /** The schedule as it is now; undefined where there is none any more. Asked for before each nap. */
  readonly schedule: () => Promise<Schedule | undefined>;
  /** How the last run of the project ended, whoever did it. */
  readonly last: Last | undefined;
  readonly now: () => number;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told when the next run will be; undefined: by no schedule. */
  onPlan(schedule: Schedule | undefined, due: number | undefined): void;
  /** Does a run. Resolves with how it ended; undefined: another run is under way, so that this one is left out. */
  run(): Promise<"succeeded" | "failed" | "waits" | undefined>;
  /** Told what a run has thrown: it counts as one that failed, and never ends the schedule. */
  onFailure(error: unknown): void;
}

/** Runs by a schedule until the signal is aborted: never two at once, and ticks that were missed as one. */
export async function keepSchedule(scheduler: Scheduler): Promise<void> {
  const { now, signal } = scheduler;
  let last = scheduler.last;
  while (!signal.aborted) {
    last = sanely(last, now());
    await untilDue(scheduler, last);
    if (signal.aborted) return;
    const startedAt = now();
    const outcome = await scheduler.run().catch((error: unknown) => {
      scheduler.onFailure(error);
      return "failed" as const;
    });
    const failures = outcome === "succeeded" || outcome === undefined ? 0 : (last?.failures ?? 0) + 1;
    // Who finds another run under way takes that for the one that was due.
    last = { startedAt, endedAt: now(), outcome: outcome ?? "succeeded", failures };
  }
}

/** Sleeps until the next run is due. It is counted anew where the schedule, or the clock, was set meanwhile. */
async function untilDue(
  { schedule, now, sleep, signal, onPlan }: Scheduler,
  last: Last | undefined,
): Promise<void> {
  let before = last;
  let current: Schedule | undefined;
  let due = Number.NaN;
  let asOf = now();
  while (!signal.aborted) {
    const found = await schedule();
    const wasSetBack = now() < asOf;
    if (Number.isNaN(due) || wasSetBack || !isSame(found, current)) {
      current = found;
      before = sanely(before, now());
      due = current ? nextStart(current, before, now()) : Number.POSITIVE_INFINITY;
      if (due > now()) onPlan(current, current && due);
    }
    asOf = now();
    if (due <= asOf) return;
    await sleep(Math.min(due - asOf, NAP_MS), signal);
  }
}

const isSame = (one: Schedule | undefined, other: Schedule | undefined) =>
  JSON.stringify(one) === JSON.stringify(other);
