import type { Folder } from "../../project/folder.js";
import { meaningOf } from "../../report/reasons.js";
import { outcomeOf, readRun, rejectFiles, runNumbers } from "../../runs/archive.js";
import { parseEvents } from "../../runs/events.js";
import { countsOf, type Run } from "../../runs/run.js";
import { Declined } from "../answer.js";
import type { Jobs } from "../jobs.js";
import type { Call, Reply, Route } from "../route.js";
import { readPiece } from "../tail.js";
import { rejectedData, rejectsPage } from "./rejects.js";

/** Runs on a page. */
const PAGE = 20;
const MOST_LINES = 100;

/** The list of runs, each of them in full, and the start and the end of one. */
export function runRoutes(folder: Folder, jobs: Jobs): Route[] {
  return [
    { method: "GET", path: "/api/v1/runs", answer: ({ query }) => listed(folder, query) },
    {
      method: "POST",
      path: "/api/v1/runs",
      answer: async ({ body }) => ({ status: 202, json: { run: await jobs.start(body) } }),
    },
    {
      method: "POST",
      path: "/api/v1/runs/current/stop",
      answer: async () => ({ status: 202, json: { run: await jobs.stop() } }),
    },
    {
      method: "GET",
      path: "/api/v1/runs/:run",
      answer: async (call) => ({ json: await detailOf(folder, await runIn(folder, call)) }),
    },
    {
      method: "GET",
      path: "/api/v1/runs/:run/rejects",
      async answer(call) {
        const run = await runIn(folder, call);
        const { query } = call;
        const page = await rejectsPage(
          folder,
          run,
          query.get("reason") ?? undefined,
          query.get("after") ?? undefined,
        );
        return { json: page };
      },
    },
    {
      method: "POST",
      path: "/api/v1/runs/:run/rejects/:id/show",
      async answer(call) {
        const { number } = await runIn(folder, call);
        return { json: { data: await rejectedData(folder, number, call.params.id ?? "") } };
      },
    },
    {
      method: "GET",
      path: "/api/v1/runs/:run/log",
      async answer(call) {
        const { number } = await runIn(folder, call);
        return { json: await logPage(folder, number, Number(call.query.get("after") ?? 0)) };
      },
    },
  ];
}

/** The run that the path names. Throws Declined where there is none. */
export async function runIn(folder: Folder, { params }: Call): Promise<Run> {
  const number = Number(params.run);
  const run = Number.isSafeInteger(number) && number > 0 ? await readRun(folder, number) : undefined;
  if (!run) throw new Declined(404, { title: `There is no run ${params.run}.`, todo: [] });
  return run;
}

async function listed(folder: Folder, query: URLSearchParams): Promise<Reply> {
  const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
  const wanted = query.get("outcome");
  const numbers = (await runNumbers(folder)).filter((number) => number < before).reverse();
  const runs: object[] = [];
  for (const [index, number] of numbers.entries()) {
    const run = await readRun(folder, number);
    if (!run) continue;
    const row = await rowOf(run);
    if (wanted !== null && wanted !== "" && !isWanted(row.outcome, wanted)) continue;
    runs.push(row);
    if (runs.length === PAGE) return { json: { runs, more: index + 1 < numbers.length } };
  }
  return { json: { runs, more: false } };
}

/** "Failed" means whatever did not come to its end. */
function isWanted(outcome: string, wanted: string): boolean {
  return wanted === "failed" ? outcome === "failed" || outcome === "interrupted" : outcome === wanted;
}

async function rowOf(run: Run) {
  const { ended, started } = run;
  const outcome = await outcomeOf(run);
  const { read, settled, rejected } = countsOf(run);
  const streams = Object.values(ended?.streams ?? {});
  const sum = (name: "delivered" | "kept" | "unsettled") =>
    streams.reduce((all, counts) => all + counts[name], 0);
  return {
    run: run.number,
    started: started.at,
    ...(ended && { ended: ended.at }),
    by: started.trigger,
    outcome,
    read,
    delivered: streams.length > 0 ? sum("delivered") : settled,
    kept: sum("kept"),
    rejected,
    unsettled: sum("unsettled"),
    ...(ended?.explanation && { side: ended.explanation.by, why: ended.explanation.message }),
  };
}

async function detailOf(folder: Folder, run: Run): Promise<object> {
  const { ended } = run;
  const streams = Object.values(ended?.streams ?? {});
  const entries = (of: "reasons" | "left_out") => streams.flatMap((counts) => Object.entries(counts[of]));
  const rejections = entries("reasons").filter(([what]) => !what.startsWith("kept: "));
  const reasons = new Map<string, number>();
  for (const [what, number] of rejections) {
    const reason = what.slice(what.lastIndexOf(" ") + 1);
    reasons.set(reason, (reasons.get(reason) ?? 0) + number);
  }
  return {
    ...(await rowOf(run)),
    reasons: [...reasons].map(([reason, number]) => {
      const meaning = meaningOf(reason);
      return { reason, count: number, text: meaning?.means ?? reason, todo: meaning?.remedy ?? "" };
    }),
    left_out: entries("left_out").map(([what, number]) => {
      const gap = what.lastIndexOf(" ");
      const reason = what.slice(gap + 1);
      return { field: what.slice(0, gap), reason, count: number, text: meaningOf(reason)?.means ?? reason };
    }),
    keeps_rejects: (await rejectFiles(folder, run.number)).length > 0,
  };
}

/** What was said in a run, from a place in its log on. */
async function logPage(folder: Folder, run: number, after: number): Promise<object> {
  if (!Number.isSafeInteger(after) || after < 0)
    throw new Declined(400, { title: "There is no such place in the log.", todo: [] });
  const { lines, places, next } = await readPiece(folder.log(run), after);
  const shown = lines.slice(0, MOST_LINES);
  const place = shown.length < lines.length ? (places[MOST_LINES] as number) : next;
  const said = parseEvents(shown.join("\n")).flatMap((event) =>
    event.event === "said" ? [{ at: event.at, level: event.level, text: event.message }] : [],
  );
  return { lines: said, ...(place > after && { next: place }) };
}
