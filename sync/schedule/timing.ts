import { Cron } from "croner";
import { durationMs } from "./duration.js";

const MINUTE_MS = 60_000;
const LONGEST_BACK_OFF_MS = 60 * MINUTE_MS;

/** When to sync: at intervals, or by a cron expression in a time zone (else in that of the machine). */
export type Schedule =
  | { readonly every: string }
  | { readonly cron: string; readonly time_zone?: string | undefined };

/** How the last run ended, as far as the next one depends on it. All times are ms since 1970. */
export interface Last {
  readonly startedAt: number;
  readonly endedAt: number;
  /** `waits`: somebody has to change something, so that trying before its time is of no use. */
  readonly outcome: "succeeded" | "failed" | "waits";
  /** Failures in a row, this one included. */
  readonly failures: number;
}

/** The same, its times in the future taken for now: a clock was wrong when they were written down, or is now. */
export function sanely(last: Last | undefined, now: number): Last | undefined {
  return last && { ...last, startedAt: Math.min(last.startedAt, now), endedAt: Math.min(last.endedAt, now) };
}

/**
 * When the next run is due: a time in the past means at once. Ticks that were missed, however many, are one run.
 * After a failure that time may heal, the next run does not wait for its tick, and each further one waits longer;
 * after one that somebody has to correct, ticks are left out while the wait lasts.
 */
export function nextStart(schedule: Schedule, last: Last | undefined, now: number): number {
  if (!last) return "every" in schedule ? now : tickAfter(schedule, now);
  const tick = tickAfter(schedule, last.startedAt);
  if (last.outcome === "succeeded") return tick;
  const again = last.endedAt + backOffMs(last.failures);
  return last.outcome === "failed" ? again : Math.max(tick, again);
}

/** How long to wait after so many failures in a row: a minute, and twice as long each time, up to an hour. */
export function backOffMs(failures: number): number {
  return Math.min(MINUTE_MS * 2 ** Math.min(failures - 1, 20), LONGEST_BACK_OFF_MS);
}

/** The first tick of a schedule after an instant. */
export function tickAfter(schedule: Schedule, instant: number): number {
  if ("every" in schedule) return instant + (durationMs(schedule.every) ?? MINUTE_MS);
  const next = clock(schedule.cron, schedule.time_zone).nextRun(new Date(instant));
  return next?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** What is wrong with a cron expression or a time zone, and what to write instead. */
export function cronProblem(expression: string, timeZone: string | undefined): string | undefined {
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    return `"${timeZone}" is not a time zone: write one such as Europe/Berlin`;
  }
  try {
    const next = clock(expression, timeZone).nextRun();
    return next ? undefined : `"${expression}" never comes`;
  } catch {
    return `"${expression}" is not a cron expression: write minute, hour, day, month and weekday, such as "0 6 * * 1-5"`;
  }
}

/** Five fields, as cron has them: none for seconds. */
function clock(expression: string, timeZone: string | undefined): Cron {
  return new Cron(expression, {
    paused: true,
    mode: "5-part",
    ...(timeZone !== undefined && { timezone: timeZone }),
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
