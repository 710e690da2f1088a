import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readRun, runNumbers } from "../../runs/archive.js";
import { parseEvents } from "../../runs/events.js";
import type { Run } from "../../runs/run.js";
import { Declined } from "../answer.js";
import type { Jobs } from "../jobs.js";
import type { Call, Reply, Route } from "../route.js";
import { readPiece } from "../tail.js";
import { rehearsal } from "./rehearsal.js";
import { rejectedData, rejectsPage } from "./rejects.js";
import { detailOf, isWanted, rowOf } from "./run-rows.js";
import type { TestContacts } from "./test-contacts.js";

/** Runs on a page. */
const PAGE = 20;
const MOST_LINES = 100;

/** The list of runs, each of them in full, and the start and the end of one. */
export function runRoutes(folder: Folder, jobs: Jobs, testContacts: TestContacts, host: Host): Route[] {
  return [
    { method: "GET", path: "/api/v1/runs", answer: ({ query }) => listed(folder, query) },
    {
      method: "POST",
      path: "/api/v1/runs",
      async answer({ body, gone }) {
        const { kind, email } = (body ?? {}) as { kind?: unknown; email?: unknown };
        if (kind === "dry-run") {
          const rehearsing = { ...host, signal: AbortSignal.any([host.signal, gone]) };
          return { json: await rehearsal(folder, rehearsing) };
        }
        if (kind === "contact") return { status: 202, json: { contact: testContacts.begin(email) } };
        return { status: 202, json: { run: await jobs.start(body) } };
      },
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
    if (wanted !== null && wanted !== "" && !isWanted(row, wanted)) continue;
    runs.push(row);
    if (runs.length === PAGE) return { json: { runs, more: index + 1 < numbers.length } };
  }
  return { json: { runs, more: false } };
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
