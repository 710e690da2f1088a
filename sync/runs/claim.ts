import { randomUUID } from "node:crypto";
import { link, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Busy, codeOf, Unusable } from "../errors.js";
import { draftIn, makeFile } from "../project/atomic.js";
import { type Folder, HIGHEST_RUN, makeFolder, numbersIn } from "../project/folder.js";
import { runsWithState } from "../project/saved-state.js";
import { newestRun, readRun } from "./archive.js";
import type { Started } from "./events.js";
import { HEARTBEAT_MS, isSilent, type Watch } from "./heartbeat.js";
import { stopHolder, vitalityOf } from "./holder.js";
import { type Journal, openJournal } from "./journal.js";
import { clearDrafts } from "./leftovers.js";
import type { Run } from "./run.js";

/** How long connectors whose runner is gone get to finish what they have under way, in ms. */
const ORPHANS_MS = 15_000;
const LOOK_AGAIN_MS = 100;

/** A run that this process may do, and nobody else meanwhile. */
export interface Claim {
  readonly run: number;
  readonly journal: Journal;
  /** What the run is known by in the names of its files. */
  readonly token: string;
  /** Aborted when another run has begun although this one has not ended: its machine was asleep for too long. */
  readonly lost: AbortSignal;
  /** Gives the project back. Throws where the log cannot be written to its end; the next claim of this process tries again. */
  release(): Promise<void>;
}

const WATCH: Watch = { sleep: (ms) => sleep(ms) };

/** Logs of this process that could not be written to their end, by their paths. */
const unfinished = new Map<string, Journal>();

/**
 * Begins a run: takes the next number by making its log, which exactly one process can. The newest log decides whether
 * the project is free: its run has ended, or its process is gone. No log is ever taken over or removed for that, so that
 * nobody can take away what somebody else has just got. Files that are no log of a run are passed over.
 * Throws Busy while another run is under way.
 */
export async function claimRun(
  folder: Folder,
  first: Omit<Started, "event" | "run" | "token">,
  watch: Partial<Watch> = {},
): Promise<Claim> {
  await makeFolder(folder.runs);
  await finishLogs(folder);
  for (;;) {
    // The number comes first: whoever takes it while the newest run is looked at makes this one look again.
    const run = await nextNumber(folder);
    const free = await untilFree(folder, run, { ...WATCH, ...watch });
    const token = randomUUID();
    const line = `${JSON.stringify({ event: "started", ...first, run, token } satisfies Started)}\n`;
    if (!(await make(folder, run, token, line))) continue;
    if (await isAlone(folder, run, free)) {
      await clearDrafts(folder);
      return holding(folder, run, token);
    }
    await rm(folder.log(run), { force: true });
  }
}

/**
 * Whether nobody has begun a run in the same moment. Each makes its log first and looks for others then, so that of two
 * at least one sees the other, on file systems too where a log is not there whole at once.
 */
async function isAlone(folder: Folder, run: number, free: number | undefined): Promise<boolean> {
  const highest = (await numbersIn(folder.runs, ".jsonl")).at(-1);
  return highest === run && (await newestRun(folder, run))?.number === free;
}

/** A number that no run has had: whatever bears a higher one, whoever made it, keeps it. */
async function nextNumber(folder: Folder): Promise<number> {
  const taken = await Promise.all([
    numbersIn(folder.runs, ".jsonl"),
    runsWithState(folder),
    numbersIn(folder.rejects, ""),
  ]);
  const highest = taken.flat().reduce((high, number) => Math.max(high, number), 0);
  if (highest >= HIGHEST_RUN)
    throw new Unusable(
      `the number ${highest} is taken in "${folder.path}" (runs, state or rejects), and no run can have a higher one: move what bears it away`,
    );
  return highest + 1;
}

async function holding(folder: Folder, run: number, token: string): Promise<Claim> {
  const path = folder.log(run);
  const journal = await openJournal(path);
  const lost = new AbortController();
  const heartbeat = setInterval(() => {
    journal.beat();
    const look = async () => ((await newestRun(folder))?.number ?? run) > run && lost.abort();
    look().catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    run,
    token,
    journal,
    lost: lost.signal,
    async release() {
      clearInterval(heartbeat);
      unfinished.set(path, journal);
      await journal.close();
      unfinished.delete(path);
    },
  };
}

/** Writes what is missing in logs of this process, which would look as if their runs went on for ever. */
async function finishLogs(folder: Folder): Promise<void> {
  for (const [path, journal] of unfinished) {
    if (!path.startsWith(folder.runs)) continue;
    await journal.close();
    unfinished.delete(path);
  }
}

/** Resolves with the newest run below a number once it is over. Throws Busy where that is not to be expected soon. */
async function untilFree(folder: Folder, below: number, watch: Watch): Promise<number | undefined> {
  const newest = await newestRun(folder, below);
  if (!newest || newest.ended) return newest?.number;
  const { number, started } = newest;
  const who = ` (process ${started.holder.pid} on ${started.holder.host.split(" ")[0]})`;
  switch (await vitalityOf(started.holder)) {
    case "alive":
      throw busy(number, who);
    case "elsewhere":
      // It may have ended while its heartbeat was waited for.
      if ((await isSilent(folder.log(number), watch)) || (await readRun(folder, number))?.ended)
        return number;
      throw busy(number, who);
    case "dead":
      await untilOrphansAreGone(newest);
      return number;
  }
}

async function untilOrphansAreGone({ number, connectors }: Run): Promise<void> {
  const deadline = Date.now() + ORPHANS_MS;
  for (let look = 0; ; look += 1) {
    const states = await Promise.all(connectors.map(async (one) => [one, await vitalityOf(one)] as const));
    const orphans = states.flatMap(([one, state]) => (state === "alive" ? [one] : []));
    if (orphans.length === 0) return;
    if (Date.now() > deadline)
      throw busy(number, ": its runner is gone, but a connector has not stopped yet");
    if (look === 0) await Promise.all(orphans.map(stopHolder));
    await sleep(LOOK_AGAIN_MS);
  }
}

function busy(run: number, who: string): Busy {
  return new Busy(`run ${run} of this project is under way${who}: two at once would overtake each other`);
}

/** Makes a log with its first line; false where there is one already. */
async function make(folder: Folder, run: number, token: string, line: string): Promise<boolean> {
  const draft = draftIn(folder.runs, token);
  try {
    await makeFile(draft, line);
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
    await makeFile(path, line);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}
