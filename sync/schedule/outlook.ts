import type { Folder } from "../project/folder.js";
import { lastOf } from "../runs/history.js";
import { livingScheduler, type Scheduler } from "./claim.js";
import { nextStart, type Schedule, sanely } from "./timing.js";

/** Whether a project syncs by itself, and when next. */
export interface Outlook {
  readonly schedule: Schedule | undefined;
  /** Who keeps the schedule at this moment; undefined: nobody, so that nothing syncs by itself. */
  readonly scheduler: Scheduler | undefined;
  /** When the next sync is due, in ms since 1970, by whoever keeps the schedule, else by the schedule alone. */
  readonly next: number | undefined;
}

/** `schedule`: that of the settings. A scheduler may have been started with another one. */
export async function outlookOf(
  folder: Folder,
  schedule: Schedule | undefined,
  now: number,
): Promise<Outlook> {
  const scheduler = await livingScheduler(folder, now);
  if (scheduler) {
    const next = scheduler.next === null ? undefined : Date.parse(scheduler.next);
    return { schedule: scheduler.schedule ?? undefined, scheduler, next };
  }
  const next = schedule && nextStart(schedule, sanely(await lastOf(folder), now), now);
  return { schedule, scheduler: undefined, next };
}

/** The same in a sentence or two, with what to do where nothing syncs by itself. */
export function outlookText(
  { schedule, scheduler, next }: Outlook,
  now: number,
  time: (at: number) => string,
): string {
  if (scheduler) {
    const who = `kept by process ${scheduler.holder.pid} (${scheduler.by})`;
    if (next === undefined) return `No sync is planned (the schedule is ${who}).`;
    return next <= now ? `A sync is due now (the schedule is ${who}).` : `Next sync: ${time(next)}, ${who}.`;
  }
  if (!schedule)
    return "Nothing syncs by itself: the settings have no schedule. Choose one with: flowcode-iterable init";
  const due =
    next === undefined || next <= now ? "A sync is due." : `By the schedule the next one is ${time(next)}.`;
  return `Nothing syncs by itself: no process keeps the schedule. ${due} Start one with: flowcode-iterable sync --scheduled, or keep it running with: flowcode-iterable service install`;
}
