import { z } from "zod";
import { Busy, messageOf, Unusable } from "../errors.js";
import { perform } from "../execute.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { readSettings } from "../project/settings.js";
import { outcomeOf, readRun, runNumbers } from "../runs/archive.js";
import type { Run } from "../runs/run.js";
import { requestStop } from "../runs/stop-request.js";
import type { Progress } from "../terminal/progress.js";
import { Declined } from "./answer.js";

/** What a page may ask for. */
const wanted = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sync") }),
  z.object({ kind: z.literal("full") }),
  z.object({ kind: z.literal("retry"), run: z.number().int().positive() }),
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
    const what =
      job.kind === "retry"
        ? { kind: "retry" as const, run: job.run, replay: "fill_missing" as const }
        : job.kind === "full"
          ? { ...NEW_ONES, start: { kind: "beginning" as const } }
          : NEW_ONES;
    return new Promise((resolve, reject) => {
      const trigger = job.kind === "retry" ? "retry" : "by hand";
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
        return await begin(job.data);
      } catch (error) {
        if (error instanceof Busy) throw busy(error, await running(folder));
        if (!(error instanceof Unusable)) throw error;
        throw new Declined(422, {
          title: "The sync cannot start.",
          todo: [messageOf(error)],
          side: "runner",
        });
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
      await requestStop(folder, run);
      return run;
    },
    settled: () => current,
  };
}

function busy(error: Busy, run: number | undefined): Declined {
  const trouble = {
    title: "Another sync is under way.",
    todo: ["Wait until it has ended, or stop it.", messageOf(error)],
    side: "runner" as const,
    code: "busy",
  };
  return new Declined(409, trouble, { run });
}

/** The number of the run that is under way; undefined where none is. */
async function running(folder: Folder): Promise<number | undefined> {
  const newest = (await runNumbers(folder)).at(-1);
  const run = newest === undefined ? undefined : await readRun(folder, newest);
  return run && (await outcomeOf(run)) === "running" ? run.number : undefined;
}
