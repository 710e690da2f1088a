import { TransientError } from "../../connector/errors.js";
import type { JsonObject, RecordMessage, StateMessage, StatusMessage } from "../../protocol/message.js";
import type { FlowcodeApi } from "../flowcode/api.js";
import { CursorRefused, explainBroken } from "../flowcode/attempts.js";
import { createPaging } from "../flowcode/paging.js";
import type { Tally } from "../tally.js";
import type { Pulse } from "./pulse.js";
import { streamRows } from "./rows.js";
import type { StandardFields } from "./schema-sample.js";

/** The stream's name: what Flowcode's people call Conversion Flows, its API calls suites. */
export const FLOWS = "flows";
export const FLOW_KEY = "id";
/** What public clients read of a suite, and send of one. */
export const FLOW_FIELDS: StandardFields = [
  [FLOW_KEY, { type: "string" }],
  ["name", { type: ["null", "string"] }],
  ["state", { type: ["null", "string"] }],
];

/** How often one run starts over because Flowcode has refused a cursor. */
const MOST_RESTARTS = 3;

/** A suite as a record: under the vendor's own names, unchanged. Undefined for one without an id. */
export function toFlow(row: JsonObject): JsonObject | undefined {
  return typeof row[FLOW_KEY] === "string" && row[FLOW_KEY] !== "" ? row : undefined;
}

export interface FlowReading {
  readonly stream: string;
  readonly api: FlowcodeApi;
  readonly pulse: Pulse;
  readonly now: () => number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/**
 * Reads every flow of the workspace, each once, and then yields the one state that covers them. It holds no place: the
 * list is short, and what has changed in it cannot be asked for. Throws the signal's reason when stopped.
 */
export async function* readFlows(
  reading: FlowReading,
): AsyncGenerator<readonly (RecordMessage | StateMessage | StatusMessage)[]> {
  const { stream, api, signal, tally, pulse } = reading;
  const seen = new Set<string>();
  let recordCount = 0;
  const state = (readAt: string | null): StateMessage => {
    const message: StateMessage = {
      kind: "state",
      stream,
      value: { version: 1, read_at: readAt },
      recordCount,
    };
    recordCount = 0;
    pulse.beat();
    return message;
  };
  const nothingYet = () => state(null);

  let restarts = 0;
  let paging = createPaging(undefined);
  for (let after: string | undefined; ; ) {
    try {
      const place = after;
      const fetch = () => api.listFlows(place, signal);
      const page = yield* pulse.during(fetch(), nothingYet);
      const rows = streamRows(page, fetch, api.patience);
      let count = 0;
      let next = yield* pulse.during(rows.next(), nothingYet);
      for (; !next.done; next = yield* pulse.during(rows.next(), nothingYet)) {
        count += next.value.length;
        for (const row of next.value) {
          const flow = toFlow(row);
          if (!flow) tally.count("unnamed_flow");
          else if (!seen.has(flow[FLOW_KEY] as string)) {
            seen.add(flow[FLOW_KEY] as string);
            recordCount += 1;
            pulse.beat();
            yield [{ kind: "record", stream, data: flow }];
          }
        }
      }
      const step = paging.step(next.value, count);
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
