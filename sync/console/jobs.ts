import { z } from "zod";
import { keptChanges } from "../commands/undo.js";
import { Busy } from "../errors.js";
import { perform } from "../execute.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { readSettings, type Settings } from "../project/settings.js";
import { stayingOf } from "../report/staying.js";
import { newestRun, outcomeOf, runToShow } from "../runs/archive.js";
import type { Run } from "../runs/run.js";
import { requestStop } from "../runs/stop-request.js";
import type { Wanted } from "../runs/wanted.js";
import type { Progress } from "../terminal/progress.js";
import { local } from "../terminal/words.js";
import { Declined, orDeclined } from "./answer.js";

/** What a page may ask for. */
const wanted = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sync") }),
  z.object({ kind: z.literal("full") }),
  z.object({ kind: z.literal("retry"), run: z.number().int().positive() }),
  z.object({ kind: z.literal("undo"), run: z.number().int().positive() }),
]);

/** What a sync brings that nobody has asked more of. */
const NEW_ONES = { kind: "sync", start: { kind: "last" }, limit: undefined } as const;
/** Pages follow a run by its log. */
const UNSHOWN: Progress = { show: () => undefined, say: () => undefined, end: () => undefined };

/** Starts and stops runs for the pages. */
export interface Jobs {
  /** Starts a run and resolves with its number. Throws Declined: 409 where another run is under way. */
  start(body: unknown): Promise<number>;
  /** Does a run by the schedule. Throws Busy where another one is under way. */
  scheduled(): Promise<Run>;
  /** Asks the run that is under way to stop, whoever started it. Throws Declined where there is none. */
  stop(): Promise<number>;
  /** Resolves when no run of this console's is under way any more. */
  settled(): Promise<unknown>;
}

export function createJobs(folder: Folder, host: Host, onFailure: (error: unknown) => void): Jobs {
  let current: Promise<unknown> = Promise.resolve();

  const begin = async (job: z.infer<typeof wanted>): Promise<number> => {
    const settings = await readSettings(folder);
    const what = await wantedOf(job, folder, settings);
    return new Promise((resolve, reject) => {
      const trigger = what.kind === "sync" ? "by hand" : what.kind;
      const run = perform({ folder, settings, trigger, what, progress: UNSHOWN, onBegin: resolve }, host);
      current = run.catch((error: unknown) => {
        reject(error);
        if (!(error instanceof Busy)) onFailure(error);
      });
    });
  };

  return {
    async start(body) {
      const job = wanted.safeParse(body);
      if (!job.success) throw new Declined(400, { title: "There is no such kind of run.", todo: [] });
      try {
        return await orDeclined(begin(job.data), { title: "The sync cannot start.", side: "runner" });
      } catch (error) {
        if (error instanceof Busy) throw busy(await running(folder));
        throw error;
      }
    },
    scheduled() {
      const run = readSettings(folder).then((settings) =>
        perform({ folder, settings, trigger: "schedule", what: NEW_ONES, progress: UNSHOWN }, host),
      );
      current = run.catch(() => undefined);
      return run;
    },
    async stop() {
      const run = await running(folder);
      if (run === undefined) throw new Declined(409, { title: "No sync is under way.", todo: [] });
      await requestStop(folder, run.number);
      return run.number;
    },
    settled: () => current,
  };
}

async function wantedOf(job: z.infer<typeof wanted>, folder: Folder, settings: Settings): Promise<Wanted> {
  switch (job.kind) {
    case "sync":
      return NEW_ONES;
    case "full":
      return { ...NEW_ONES, start: { kind: "beginning" } };
    case "retry":
      return { kind: "retry", run: job.run, replay: "fill_missing" };
    case "undo":
      await keptChanges(folder, job.run);
      return { kind: "undo", run: job.run, stays: stayingOf(await runToShow(folder, job.run), settings) };
  }
}

/** Names the run that is under way, and the process that does it. */
function busy(run: Run | undefined): Declined {
  const { trigger, at, holder } = run?.started ?? {};
  const who = run
    ? [
        `Run ${run.number} began ${local(at ?? "")} (${trigger}), in process ${holder?.pid} on ${holder?.host.split(" ")[0]}.`,
      ]
    : [];
  const trouble = {
    title: "Another sync is under way.",
    todo: [...who, "Wait until it has ended, or stop it on the overview."],
    side: "runner" as const,
    code: "busy",
  };
  const beside = run && { run: run.number, holder: { ...holder, by: trigger, since: at } };
  return new Declined(409, trouble, beside ?? {});
}

/** The run that is under way; undefined where none is. */
async function running(folder: Folder): Promise<Run | undefined> {
  const run = await newestRun(folder);
  return run && (await outcomeOf(run)) === "running" ? run : undefined;
}
