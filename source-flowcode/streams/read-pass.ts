import type { Log } from "../../connector/reporting/log.js";
import type { JsonObject, RecordMessage, StateMessage } from "../../protocol/message.js";
import { clockWarning } from "../check.js";
import type { ContactsPage } from "../flowcode/api.js";
import { explainBroken } from "../flowcode/attempts.js";
import { createPaging, type Paging, type Step } from "../flowcode/paging.js";
import type { ContactsState, Older } from "./pass-state.js";
import { afterPass, midPass, overlapStartMs, type Plan } from "./passes.js";
import { streamRows } from "./rows.js";
import type { Seen } from "./seen.js";
import type { Sift } from "./sift.js";
import type { Output, Reading } from "./stream.js";

/** How many rows of a page that is held whole become records at a time. */
const ROWS_AT_A_TIME = 100;

/** What the passes of a run share. */
export type Pass = Reading & {
  readonly seen: Seen;
  readonly sift: Sift;
  /** What has been emitted since the last state. */
  readonly window: { records: number };
};

/** Where a pass stands. */
interface Way {
  /** The state that it set out from. */
  readonly before: ContactsState;
  readonly plan: Plan;
  readonly paging: Paging;
  /** When this run took it up, by this machine's clock. */
  readonly begunMs: number;
  /** The cursor before the page that is being read. */
  after: string | undefined;
  startedAtMs: number | undefined;
  overlapStartMs: number;
  /** Of the pages before; null: it cannot be known. */
  older: Older | null;
}

/**
 * Reads one pass to its end and returns the state behind it. Throws CursorRefused, ExtrasRefused and what ends the
 * stream; the states before that cover what was emitted.
 */
export async function* readPass(
  before: ContactsState,
  plan: Plan,
  pass: Pass,
): AsyncGenerator<Output, ContactsState> {
  const stop = new AbortController();
  const signal = AbortSignal.any([pass.signal, stop.signal]);
  const fetch = (after: string | undefined): Promise<ContactsPage> => {
    const page = pass.api.listContacts({ since: plan.filtered ? plan.since : null, after }, signal);
    // A page that is asked for in advance may fail while nobody waits for it yet.
    page.catch(() => undefined);
    return page;
  };
  const way = setOut(before, plan, pass);
  let coming = fetch(way.after);
  const goOn = (after: string) => {
    coming = fetch(after);
  };
  try {
    for (;;) {
      const page = yield* pass.pulse.during(coming, () => stateHere(way, pass));
      way.startedAtMs ??= startOf(way.begunMs, page.serverTime, pass.log);
      way.overlapStartMs = overlapStartMs(before, plan, way.startedAtMs, pass.settings);
      const step =
        page.kind === "whole"
          ? yield* takeWhole(page, goOn, way, pass)
          : yield* takeStreamed(page, () => fetch(way.after), goOn, way, pass);
      const older = pass.sift.endPage(plan);
      if (step.kind !== "next" && step.suspicion) pass.tally.count(step.suspicion);
      if (step.kind === "broken") {
        // The place stays before this page, but what the page brought is remembered.
        yield [stateHere(way, pass)];
        throw explainBroken(step.problem, "contacts");
      }
      way.older = way.older && { known: way.older.known + older.known, next: way.older.next + older.next };
      if (step.kind === "end") {
        const state = arrive(way, pass);
        yield [stateMessage(state, pass)];
        return state;
      }
      way.after = step.after;
      yield [stateHere(way, pass)];
      pass.signal.throwIfAborted();
    }
  } finally {
    stop.abort();
  }
}

function setOut(before: ContactsState, plan: Plan, { seen, now }: Pass): Way {
  // Who was met in earlier passes is not all known: this one sees them all.
  if (plan.kind === "full" && !plan.resumed && !seen.whole) seen.gather();
  return {
    before,
    plan,
    paging: createPaging(plan.resumed?.after),
    begunMs: now(),
    after: plan.resumed?.after,
    startedAtMs: plan.resumed?.startedAtMs,
    overlapStartMs: Number.POSITIVE_INFINITY,
    older: plan.resumed ? plan.resumed.older : { known: 0, next: 0 },
  };
}

/** The state behind the last page. Warns of people who have become visible late and cannot be told from the others. */
function arrive({ before, plan, older, startedAtMs = 0, overlapStartMs }: Way, pass: Pass): ContactsState {
  const grown = plan.kind === "full" && older && before.older ? older.known - before.older.count : 0;
  if (grown > 0 && !pass.seen.whole) {
    pass.tally.warn(
      "late_unsent",
      `${grown.toLocaleString("en-US")} more contacts than at the last full pass have an earlier conversion time. They became visible late and were not sent, because this workspace is too large to tell them from the others. To send everybody again, run a full refresh, or run once without the saved state`,
      grown,
    );
  }
  const seen = pass.seen.settle(overlapStartMs / 1000, plan.kind !== "incremental");
  return afterPass(before, plan, { startedAtMs, seen, older }, pass.settings);
}

/** The records of a page that is held. The next one is under way while they are emitted. */
async function* takeWhole(
  { rows, info }: Extract<ContactsPage, { kind: "whole" }>,
  goOn: (after: string) => void,
  way: Way,
  pass: Pass,
): AsyncGenerator<Output, Step> {
  const step = way.paging.step(info, rows.length);
  if (step.kind === "next") goOn(step.after);
  for (let from = 0; from < rows.length; from += ROWS_AT_A_TIME) {
    yield recordsOf(rows.slice(from, from + ROWS_AT_A_TIME), way, pass);
  }
  return step;
}

/** The records of a page that is parsed while it arrives. */
async function* takeStreamed(
  page: ContactsPage,
  again: () => Promise<ContactsPage>,
  goOn: (after: string) => void,
  way: Way,
  pass: Pass,
): AsyncGenerator<Output, Step> {
  const rows = streamRows(page, again, pass.api.patience);
  let count = 0;
  for (;;) {
    const next = yield* pass.pulse.during(rows.next(), () => stateHere(way, pass));
    if (next.done) {
      const step = way.paging.step(next.value, count);
      if (step.kind === "next") goOn(step.after);
      return step;
    }
    count += next.value.length;
    yield recordsOf(next.value, way, pass);
  }
}

/** The rows that are to be emitted, as records. */
function recordsOf(rows: readonly JsonObject[], way: Way, pass: Pass): readonly RecordMessage[] {
  const { sift, stream, window, pulse } = pass;
  const records: RecordMessage[] = [];
  for (const row of rows) {
    const data = sift.take(row, way.plan, way.overlapStartMs);
    if (data) records.push({ kind: "record", stream, data });
  }
  window.records += records.length;
  if (records.length > 0) pulse.beat();
  return records;
}

/** The place before the page that is being read, and what has been emitted of it. */
function stateHere({ before, plan, after, startedAtMs, older }: Way, pass: Pass): StateMessage {
  const seen = pass.seen.state();
  const state =
    after === undefined || startedAtMs === undefined
      ? { ...before, seen }
      : midPass(before, plan, { startedAtMs, after, seen, older }, pass.settings);
  return stateMessage(state, pass);
}

function stateMessage(value: ContactsState, { stream, window, pulse }: Pass): StateMessage {
  pulse.beat();
  const recordCount = window.records;
  window.records = 0;
  return { kind: "state", stream, value, recordCount };
}

/** When a pass began: by this machine's clock or by Flowcode's, whichever is earlier, so that nothing falls between. */
function startOf(begun: number, serverTime: number | undefined, log: Log): number {
  if (serverTime === undefined) return begun;
  const warning = clockWarning(begun, serverTime);
  if (warning) log.warn(warning);
  return Math.min(begun, serverTime);
}
