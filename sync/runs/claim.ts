import { randomUUID } from "node:crypto";
import { link, open, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Busy, codeOf } from "../errors.js";
import { type Folder, makeFolder, numbersIn } from "../project/folder.js";
import { runsWithState } from "../project/saved-state.js";
import { readRun } from "./archive.js";
import type { Started } from "./events.js";
import { stopHolder, vitalityOf } from "./holder.js";
import { HEARTBEAT_MS, type Journal, openJournal } from "./journal.js";

/** How long connectors whose runner is gone get to finish what they have under way, in ms. */
const ORPHANS_MS = 15_000;
const LOOK_AGAIN_MS = 100;
/** A run elsewhere that has not shown itself for so long is over, in ms. */
const SILENT_MS = 8 * HEARTBEAT_MS;

/** A run that this process may do, and nobody else meanwhile. */
export interface Claim {
  readonly run: number;
  readonly journal: Journal;
}

/**
 * Begins a run: takes the next number by making its log, which exactly one process can. The log with the highest number
 * decides whether the project is free: it has ended, or its process is gone. No log is ever taken over or removed for
 * that, so that nobody can take away what somebody else has just got.
 * Throws Busy while another run is under way.
 */
export async function claimRun(folder: Folder, first: Omit<Started, "event" | "run">): Promise<Claim> {
  await makeFolder(folder.runs);
  for (;;) {
    const newest = (await numbersIn(folder.runs, ".jsonl")).at(-1) ?? 0;
    if (newest > 0) await untilFree(folder, newest);
    const run = Math.max(newest, (await runsWithState(folder)).at(-1) ?? 0) + 1;
    const line = `${JSON.stringify({ event: "started", ...first, run } satisfies Started)}\n`;
    if (!(await make(folder, run, line))) continue;
    const winner = (await numbersIn(folder.runs, ".jsonl")).at(-1);
    if (winner === run) return { run, journal: await openJournal(folder.log(run)) };
    await rm(folder.log(run), { force: true });
  }
}

/** Resolves once nothing of a run is under way. Throws Busy where that is not to be expected soon. */
async function untilFree(folder: Folder, run: number): Promise<void> {
  const deadline = Date.now() + ORPHANS_MS;
  for (let look = 0; ; look += 1) {
    const found = await readRun(folder, run);
    if (found?.ended) return;
    const touched = await stat(folder.log(run)).catch(() => undefined);
    if (!touched) return;
    const silence = Date.now() - touched.mtimeMs;
    // A log without its first line is that of a process which has died while it made it, or is making it now.
    if (!found) {
      if (silence > ORPHANS_MS) return;
      throw busy(run, "");
    }
    const vitality = await vitalityOf(found.started.holder);
    if (vitality === "elsewhere" && silence > SILENT_MS) return;
    if (vitality !== "dead")
      throw busy(run, ` (process ${found.started.holder.pid} on ${found.started.holder.host})`);
    const states = await Promise.all(
      found.connectors.map(async (one) => [one, await vitalityOf(one)] as const),
    );
    const orphans = states.flatMap(([one, state]) => (state === "alive" ? [one] : []));
    if (orphans.length === 0) return;
    if (Date.now() > deadline) throw busy(run, ": its runner is gone, but a connector has not stopped yet");
    if (look === 0) await Promise.all(orphans.map(stopHolder));
    await sleep(LOOK_AGAIN_MS);
  }
}

function busy(run: number, who: string): Busy {
  return new Busy(`run ${run} of this project is under way${who}: two at once would overtake each other`);
}

/** Makes a log with its first line; false where there is one already. */
async function make(folder: Folder, run: number, line: string): Promise<boolean> {
  const draft = `${folder.runs}/.${randomUUID()}.draft`;
  try {
    await writeFile(draft, line, { mode: 0o600 });
    await link(draft, folder.log(run));
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    // File systems of memory sticks know no second names.
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(codeOf(error) ?? "")) throw error;
    return await makeAtOnce(folder.log(run), line);
  } finally {
    await rm(draft, { force: true });
  }
}

async function makeAtOnce(path: string, line: string): Promise<boolean> {
  try {
    const file = await open(path, "wx", 0o600);
    await file.writeFile(line).finally(() => file.close());
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}
