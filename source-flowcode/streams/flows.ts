import { messageOf, TransientError } from "../../connector/errors.js";
import type { JsonObject, StateMessage } from "../../protocol/message.js";
import { CursorRefused, explainBroken } from "../flowcode/attempts.js";
import type { PageInfo } from "../flowcode/page.js";
import { createPaging } from "../flowcode/paging.js";
import { sampleRows } from "../flowcode/sample.js";
import { streamRows } from "./rows.js";
import { createSchemaSample, type SchemaSample, type StandardFields } from "./schema-sample.js";
import type { Output, Reading, SourceStream } from "./stream.js";

/** The stream's name: what Flowcode's people call Conversion Flows, its API calls suites. */
export const FLOWS = "flows";
export const FLOW_KEY = "id";
/** What public clients read of a suite, and send of one. */
export const FLOW_FIELDS: StandardFields = [
  [FLOW_KEY, { type: "string" }],
  ["name", { type: ["null", "string"] }],
  ["state", { type: ["null", "string"] }],
];

/** How many flows are looked at for their fields. */
const SAMPLE = 1000;
/** How often one run starts over because Flowcode has refused a cursor. */
const MOST_RESTARTS = 3;

/** The workspace's Conversion Flows. Not selected by itself: a flow is nobody whom a destination of contacts could write. */
export const flows: SourceStream = {
  name: FLOWS,
  primaryKey: FLOW_KEY,
  cursorField: undefined,
  syncModes: ["full_refresh"],
  selected: false,
  fields: FLOW_FIELDS,
  sample: (api, _settings, { signal, log }) => sampleFlows(api, signal, log),
  read: (_saved, reading) => readFlows(reading),
};

/** A suite as a record: under the vendor's own names, unchanged. Undefined for one without an id. */
export function toFlow(row: JsonObject): JsonObject | undefined {
  return typeof row[FLOW_KEY] === "string" && row[FLOW_KEY] !== "" ? row : undefined;
}

async function sampleFlows(
  api: Reading["api"],
  signal: AbortSignal,
  log: Reading["log"],
): Promise<SchemaSample> {
  const sample = createSchemaSample(FLOW_FIELDS);
  const look = (row: JsonObject) => {
    const flow = toFlow(row);
    if (flow) sample.add(flow);
  };
  try {
    await sampleRows((after) => api.listFlows(after, signal), SAMPLE, look);
  } catch (error) {
    if (signal.aborted) throw error;
    // Whoever wants the contacts alone need not have access to the flows.
    log.warn(`the flows cannot be listed, so only their usual fields are known: ${messageOf(error)}`);
  }
  return sample;
}

/** Ids that are told from those that come again, in characters: a workspace has hundreds of flows. */
const MOST_SEEN_CHARS = 4_000_000;

/**
 * Reads every flow of the workspace, each once, and then yields the one state that covers them. It holds no place: the
 * list is short, and what has changed in it cannot be asked for. Throws the signal's reason when stopped.
 */
export async function* readFlows(reading: Reading): AsyncGenerator<Output> {
  const { tally, signal, pulse, stream } = reading;
  const seen = new Set<string>();
  let seenChars = 0;
  let recordCount = 0;
  const state = (readAt: string | null): StateMessage => {
    const value = { version: 1, read_at: readAt };
    const message: StateMessage = { kind: "state", stream, value, recordCount };
    recordCount = 0;
    pulse.beat();
    return message;
  };
  const isNew = (flow: JsonObject): boolean => {
    const id = flow[FLOW_KEY] as string;
    if (seen.has(id)) return false;
    seenChars += id.length;
    if (seenChars <= MOST_SEEN_CHARS) seen.add(id);
    recordCount += 1;
    pulse.beat();
    return true;
  };
  const nothingYet = () => state(null);

  let restarts = 0;
  let paging = createPaging(undefined);
  for (let after: string | undefined; ; ) {
    try {
      const page = yield* readFlowsPage(after, reading, isNew, nothingYet);
      const step = paging.step(page.info, page.count);
      if (step.kind !== "next" && step.suspicion) tally.count(step.suspicion);
      if (step.kind === "broken") throw explainBroken(step.problem, "flows");
      if (step.kind === "end") break;
      after = step.after;
      signal.throwIfAborted();
    } catch (error) {
      if (!(error instanceof CursorRefused)) throw error;
      tally.count("cursor_refused");
      restarts += 1;
      if (restarts > MOST_RESTARTS) {
        throw new TransientError(`Flowcode keeps refusing its own cursors: ${error.message}`);
      }
      after = undefined;
      paging = createPaging(undefined);
    }
  }
  yield [state(new Date(reading.now()).toISOString())];
}

async function* readFlowsPage(
  after: string | undefined,
  { api, signal, tally, pulse, stream }: Reading,
  isNew: (flow: JsonObject) => boolean,
  nothingYet: () => StateMessage,
): AsyncGenerator<Output, { readonly info: PageInfo; readonly count: number }> {
  const fetch = () => api.listFlows(after, signal);
  const page = yield* pulse.during(fetch(), nothingYet);
  const rows = streamRows(page, fetch, api.patience);
  let count = 0;
  for (;;) {
    const next = yield* pulse.during(rows.next(), nothingYet);
    if (next.done) return { info: next.value, count };
    count += next.value.length;
    for (const row of next.value) {
      const flow = toFlow(row);
      if (!flow) tally.count("unnamed_flow");
      else if (isNew(flow)) yield [{ kind: "record", stream, data: flow }];
    }
  }
}
