import { readFile, rm } from "node:fs/promises";
import { codeOf, Unusable } from "../errors.js";
import { type Folder, namesIn, numbersIn } from "../project/folder.js";
import { parseEvents } from "./events.js";
import { vitalityOf } from "./holder.js";
import { type Outcome, type Run, runOf } from "./run.js";

const DAY_MS = 86_400_000;

/** The numbers of the runs that are remembered, oldest first. */
export function runNumbers(folder: Folder): Promise<number[]> {
  return numbersIn(folder.runs, ".jsonl");
}

/** A run; undefined where there is none of this number. */
export async function readRun(folder: Folder, run: number): Promise<Run | undefined> {
  try {
    return runOf(parseEvents(await readFile(folder.log(run), "utf8")));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The last `count` runs, newest first. */
export async function lastRuns(folder: Folder, count: number): Promise<Run[]> {
  const numbers = (await runNumbers(folder)).slice(-count).reverse();
  const runs = await Promise.all(numbers.map((number) => readRun(folder, number)));
  return runs.filter((run) => run !== undefined);
}

/** A run by its number, or the last one. Throws Unusable where there is none. */
export async function runToShow(folder: Folder, number: number | undefined): Promise<Run> {
  const wanted = number ?? (await runNumbers(folder)).at(-1);
  if (wanted === undefined)
    throw new Unusable("this project has not run yet: begin with flowcode-iterable sync");
  const run = await readRun(folder, wanted);
  if (!run)
    throw new Unusable(`there is no run ${wanted}: flowcode-iterable logs lists those that are remembered`);
  return run;
}

/** What became of a run, or whether it is still under way. */
export async function outcomeOf(run: Run): Promise<Outcome> {
  if (run.ended) return run.ended.outcome;
  return (await vitalityOf(run.started.holder)) === "dead" ? "interrupted" : "running";
}

/** The files with contacts that a run has rejected, oldest first. */
export async function rejectFiles(folder: Folder, run: number): Promise<string[]> {
  const names = await namesIn(folder.rejectsOf(run));
  return names
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => `${folder.rejectsOf(run)}/${name}`);
}

/** Forgets runs that began more than `days` ago, with the contacts that they rejected; never the last one. */
export async function forgetRuns(folder: Folder, days: number, now: number): Promise<void> {
  const oldest = now - days * DAY_MS;
  for (const number of (await runNumbers(folder)).slice(0, -1)) {
    const run = await readRun(folder, number);
    if (run && Date.parse(run.started.at) >= oldest) return;
    await rm(folder.rejectsOf(number), { recursive: true, force: true });
    await rm(folder.log(number), { force: true });
  }
}
