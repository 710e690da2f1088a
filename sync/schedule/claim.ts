import { randomUUID } from "node:crypto";
import { link, rename, rm, utimes } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Busy, codeOf, Unusable } from "../errors.js";
import { draftIn, makeFile, writeAtomically } from "../project/atomic.js";
import type { Folder } from "../project/folder.js";
import { readText } from "../project/text-file.js";
import { beatOf, HEARTBEAT_MS, isSilent, SILENT_MS, type Watch } from "../runs/heartbeat.js";
import { holder, holderOf, vitalityOf } from "../runs/holder.js";
import type { Schedule } from "./timing.js";

/** Who keeps the schedule of a project, and when the next sync is due. */
const scheduler = z.object({
  made_by: z.literal("flowcode-iterable"),
  token: z.string(),
  by: z.enum(["sync", "console"]),
  holder,
  since: z.string(),
  /** null: none for now; the settings may get one. */
  schedule: z
    .union([
      z.object({ every: z.string() }),
      z.object({ cron: z.string(), time_zone: z.string().optional() }),
    ])
    .nullable(),
  next: z.string().nullable(),
});
export type Scheduler = z.infer<typeof scheduler>;

/** That this process keeps the schedule, and nobody else meanwhile. */
export interface SchedulerClaim {
  /** Says when the next sync is due; null: never. */
  update(schedule: Schedule | null, next: number | null): Promise<void>;
  /** Aborted when somebody else has taken this process for dead. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

const WATCH: Watch = { sleep: (ms) => sleep(ms) };

/** What `scheduler.json` says; undefined where there is none, or another file that bears its name. */
export async function readScheduler(folder: Folder): Promise<Scheduler | undefined> {
  const text = await readText(folder.scheduler).catch(() => "{}");
  try {
    return scheduler.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Who keeps the schedule at this moment; undefined where nobody does, so that nothing syncs by itself. */
export async function livingScheduler(folder: Folder, now: number): Promise<Scheduler | undefined> {
  const found = await readScheduler(folder);
  if (!found) return undefined;
  switch (await vitalityOf(found.holder)) {
    case "alive":
      return found;
    case "dead":
      return undefined;
    case "elsewhere":
      return Math.abs(now - ((await beatOf(folder.scheduler)) ?? 0)) < SILENT_MS ? found : undefined;
  }
}

/**
 * Becomes the one scheduler of a project. Throws Busy where another one lives; one that is gone loses its claim, which is
 * moved aside first and looked at once more, so that nobody takes what somebody else has just got.
 */
export async function claimScheduler(
  folder: Folder,
  given: Pick<Scheduler, "by" | "schedule">,
  now: () => number,
  watch: Partial<Watch> = {},
): Promise<SchedulerClaim> {
  const since = new Date(now()).toISOString();
  const mine: Scheduler = {
    made_by: "flowcode-iterable",
    token: randomUUID(),
    ...given,
    holder: await holderOf(),
    since,
    next: null,
  };
  while (!(await make(folder, mine))) await removeDead(folder, { ...WATCH, ...watch });
  return holding(folder, mine);
}

/** Makes the claim, whole; false where there is one. */
async function make(folder: Folder, mine: Scheduler): Promise<boolean> {
  const draft = draftIn(folder.path, mine.token);
  try {
    await makeFile(draft, `${JSON.stringify(mine)}\n`);
    await link(draft, folder.scheduler);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // File systems of memory sticks know no second names.
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(codeOf(error) ?? "")) throw error;
    return await makeFile(folder.scheduler, `${JSON.stringify(mine)}\n`).then(
      () => true,
      (reason: unknown) => {
        if (codeOf(reason) === "EEXIST") return false;
        throw reason;
      },
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the claim of a scheduler that is gone. Throws Busy where it lives. */
async function removeDead(folder: Folder, watch: Watch): Promise<void> {
  const found = await readScheduler(folder);
  if (!found) {
    if ((await beatOf(folder.scheduler)) === undefined) return;
    throw new Unusable(`"${folder.scheduler}" is no file of this program's: move it away`);
  }
  const vitality = await vitalityOf(found.holder);
  if (vitality === "alive" || (vitality === "elsewhere" && !(await isSilent(folder.scheduler, watch)))) {
    throw new Busy(
      `another process keeps the schedule of this project already (process ${found.holder.pid} on ${found.holder.host.split(" ")[0]}, since ${found.since})`,
    );
  }
  const aside = draftIn(folder.path, randomUUID());
  try {
    await rename(folder.scheduler, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = scheduler.safeParse(JSON.parse(await readText(aside))).data;
  // Somebody else was quicker, and this is already the claim of whoever that was: it goes back.
  if (moved?.token !== found.token) await link(aside, folder.scheduler).catch(() => undefined);
  await rm(aside, { force: true });
}

function holding(folder: Folder, mine: Scheduler): SchedulerClaim {
  const lost = new AbortController();
  const isMine = async () => (await readScheduler(folder))?.token === mine.token;
  const heartbeat = setInterval(() => {
    const beat = async () => {
      if (!(await isMine())) return lost.abort();
      const now = new Date();
      await utimes(folder.scheduler, now, now);
    };
    beat().catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    lost: lost.signal,
    async update(schedule, next) {
      if (!(await isMine())) return lost.abort();
      const told: Scheduler = {
        ...mine,
        schedule,
        next: next === null ? null : new Date(next).toISOString(),
      };
      await writeAtomically(folder.scheduler, `${JSON.stringify(told)}\n`);
    },
    async release() {
      clearInterval(heartbeat);
      if (await isMine()) await rm(folder.scheduler, { force: true });
    },
  };
}
