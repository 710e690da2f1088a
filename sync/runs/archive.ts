import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, Unusable } from "../errors.js";
import { type Folder, namesIn, numbersIn } from "../project/folder.js";
import { readEnds } from "../project/text-file.js";
import { parseEvents } from "./events.js";
import { SILENT_MS } from "./heartbeat.js";
import { vitalityOf } from "./holder.js";
import { type Outcome, type Run, runOf } from "./run.js";

const DAY_MS = 86_400_000;

/** The numbers of the runs that are remembered, oldest first. */
export function runNumbers(folder: Folder): Promise<number[]> {
  return numbersIn(folder.runs, ".jsonl");
}

/** A run; undefined where there is none of this number, or another file that bears its name. */
export async function readRun(folder: Folder, run: number): Promise<Run | undefined> {
  const text = await readEnds(folder.log(run)).catch((error: unknown) => {
    if (isNoLog(error)) return undefined;
    throw error;
  });
  const found = text && runOf(parseEvents(text.text), text.touchedAt);
  return found?.number === run ? found : undefined;
}

/** Nothing stands there, or something that is no file. */
const isNoLog = (error: unknown) =>
  error instanceof Unusable || ["ENOENT", "EISDIR", "ELOOP", "ENXIO"].includes(codeOf(error) ?? "");

/** The run with the highest number, below another one where that is given; undefined where there is none. */
export async function newestRun(folder: Folder, below = Number.POSITIVE_INFINITY): Promise<Run | undefined> {
  for (const number of (await runNumbers(folder)).reverse()) {
    const run = number < below ? await readRun(folder, number) : undefined;
    if (run) return run;
  }
  return undefined;
}

/** The last `count` runs, newest first. */
export async function lastRuns(folder: Folder, count: number): Promise<Run[]> {
  const runs: Run[] = [];
  for (const number of (await runNumbers(folder)).reverse()) {
    if (runs.length >= count) break;
    const run = await readRun(folder, number);
    if (run) runs.push(run);
  }
  return runs;
}

/** A run by its number, or the last one. Throws Unusable where there is none. */
export async function runToShow(folder: Folder, number: number | undefined): Promise<Run> {
  const run = number === undefined ? await newestRun(folder) : await readRun(folder, number);
  if (run) return run;
  throw new Unusable(
    number === undefined
      ? "this project has not run yet: begin with flowcode-iterable sync"
      : `there is no run ${number}: flowcode-iterable logs lists those that are remembered`,
  );
}

/** What became of a run, or whether it is still under way. */
export async function outcomeOf({ started, ended, touchedAt }: Run, now = Date.now()): Promise<Outcome> {
  if (ended) return ended.outcome;
  switch (await vitalityOf(started.holder)) {
    case "alive":
      return "running";
    case "dead":
      return "interrupted";
    case "elsewhere":
      return Math.abs(now - touchedAt) < SILENT_MS ? "running" : "interrupted";
  }
}

/** As the destination names its files: the time of its start, and what nobody else has. */
const OWN_FILE = /^\d{4}-\d\d-\d\dT[\d-]+Z-[0-9a-z-]+\.jsonl$/;

/** The files with contacts that a run has rejected, oldest first. */
export function rejectFiles(folder: Folder, run: number): Promise<string[]> {
  return filesOfRun(folder.rejectsOf(run));
}

/** The files with what a run has changed in Iterable, oldest first. */
export function previousFiles(folder: Folder, run: number): Promise<string[]> {
  return filesOfRun(folder.previousOf(run));
}

async function filesOfRun(path: string): Promise<string[]> {
  const names = await namesIn(path);
  return names
    .filter((name) => OWN_FILE.test(name))
    .sort()
    .map((name) => join(path, name));
}

/**
 * Forgets runs that began more than `days` ago, with the contacts that they rejected and what they changed; never the last one. Each file is
 * removed by its name: whatever else lies beside them stays.
 */
export async function forgetRuns(folder: Folder, days: number, now: number): Promise<void> {
  const oldest = now - days * DAY_MS;
  for (const number of (await runNumbers(folder)).slice(0, -1)) {
    const run = await readRun(folder, number);
    if (!run) continue;
    if (Date.parse(run.started.at) >= oldest) return;
    for (const file of await rejectFiles(folder, number)) await rm(file, { force: true });
    await rmdir(folder.rejectsOf(number)).catch(() => undefined);
    for (const file of await previousFiles(folder, number)) await rm(file, { force: true });
    await rmdir(folder.previousOf(number)).catch(() => undefined);
    await rm(folder.log(number), { force: true });
  }
}
