import { setTimeout as sleep } from "node:timers/promises";
import { Busy, messageOf, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { readSettings } from "../project/settings.js";
import type { Run } from "../runs/run.js";
import { keepProjectSchedule } from "../schedule/keeping.js";
import { outlookOf } from "../schedule/outlook.js";
import { nextStart, type Schedule } from "../schedule/timing.js";
import { ago, local } from "../terminal/words.js";

/** Who syncs by the schedule, and when. The names of its keys are relied on by the pages. */
export interface SchedulerView {
  readonly by: "console" | "other" | "nobody";
  readonly next?: string;
  /** The next times, as ISO texts. */
  readonly following: readonly string[];
  readonly text: string;
}

/** The console as the scheduler of its project, unless another process is. */
export interface Scheduling {
  view(): Promise<SchedulerView>;
  /** Looks at the settings anew: they may have a schedule now. */
  wake(): void;
  /** Resolves once the host's signal is aborted and the claim is given back. */
  readonly ended: Promise<void>;
}

interface Options {
  readonly folder: Folder;
  readonly host: Host;
  /** Does a run by the schedule. */
  run(): Promise<Run>;
  /** Told when it is another process that syncs, another time, or nobody. */
  onChange(): void;
}

/** How often is looked whether another process has given the schedule back, in ms. */
const LOOK_AGAIN_MS = 15_000;
const FOLLOWING = 5;

export function createScheduling({ folder, host, run, onChange }: Options): Scheduling {
  let woken = new AbortController();

  const schedule = (): Promise<Schedule | undefined> =>
    readSettings(folder).then(
      (settings) => settings.schedule,
      () => undefined,
    );
  const keep = async (): Promise<void> => {
    try {
      await keepProjectSchedule(
        {
          folder,
          schedule: undefined,
          by: "console",
          run,
          onWait: onChange,
          onFailure: (error) => host.terminal.say(`The sync could not begin: ${messageOf(error)}`),
        },
        host,
      );
    } catch (error) {
      // Another process keeps it, or there is none to keep: it is looked at again.
      if (!(error instanceof Busy || error instanceof Unusable)) throw error;
    }
  };
  const loop = async (): Promise<void> => {
    while (!host.signal.aborted) {
      if ((await schedule()) !== undefined) await keep();
      const signal = AbortSignal.any([host.signal, woken.signal]);
      await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    wake() {
      const before = woken;
      woken = new AbortController();
      before.abort();
      onChange();
    },
    async view() {
      const now = host.now();
      const outlook = await outlookOf(folder, await schedule(), now);
      // A project has one console, which is this one.
      const keeper = outlook.scheduler?.by;
      const by = keeper === undefined ? "nobody" : keeper === "console" ? "console" : "other";
      const { next } = outlook;
      return {
        by,
        ...(by !== "nobody" && next !== undefined && { next: new Date(next).toISOString() }),
        following: outlook.schedule && by !== "nobody" ? timesOf(outlook.schedule, next ?? now, now) : [],
        text: sentence(by, outlook.schedule, next, now),
      };
    },
    ended: loop(),
  };
}

function sentence(
  by: SchedulerView["by"],
  schedule: Schedule | undefined,
  next: number | undefined,
  now: number,
): string {
  if (!schedule) return "Nothing syncs by itself: choose how often to sync.";
  if (by === "nobody") return "Nothing syncs by itself: no process keeps the schedule.";
  const who =
    by === "console" ? "This console syncs while it is open" : "Another process syncs by the schedule";
  if (next === undefined) return `${who}.`;
  return next <= now
    ? `${who}. A sync is due now.`
    : `${who}. Next sync: ${local(next)} (${ago(next, now)}).`;
}

/** The next times of a schedule, the first included. */
function timesOf(schedule: Schedule, first: number, now: number): string[] {
  const times: number[] = [Math.max(first, now)];
  while (times.length < FOLLOWING) {
    const last = times.at(-1) as number;
    times.push(
      nextStart(schedule, { startedAt: last, endedAt: last, outcome: "succeeded", failures: 0 }, last),
    );
  }
  return times.map((at) => new Date(at).toISOString());
}
