import { TransientError } from "../../connector/errors.js";
import type { Log } from "../../connector/reporting/log.js";
import type { JsonObject, RecordMessage, StateMessage } from "../../protocol/message.js";
import { clockWarning } from "../check.js";
import type { ContactsPage } from "../flowcode/api.js";
import { CursorRefused, ExtrasRefused, explainBroken } from "../flowcode/attempts.js";
import { createPaging, type Step } from "../flowcode/paging.js";
import {
  afterPass,
  type ContactsState,
  midPass,
  openState,
  overlapStartMs,
  type Plan,
  planPass,
} from "./passes.js";
import { streamRows } from "./rows.js";
import { createSeen, type Seen } from "./seen.js";
import { createSift, type Sift } from "./sift.js";
import type { Output, Reading } from "./stream.js";

const FILTER_REFUSED =
  "Flowcode refuses the date filter, so this run reads every contact and leaves out the older ones itself. Check advanced.timezone, and run probe for details";

/** How often one run starts over because Flowcode has refused a cursor. */
const MOST_RESTARTS = 3;

/** What has been emitted since the last state. */
interface Window {
  records: number;
}

/** How many rows of a page that is held whole become records at a time. */
const ROWS_AT_A_TIME = 100;

/**
 * Reads the contacts from where `saved` stands: the interrupted pass to its end where there is one, then one fresh
 * pass. Yields a state after every page, which covers every record before it, and in between where that takes long.
 * Throws the signal's reason when stopped.
 */
export async function* readContacts(saved: unknown, reading: Reading): AsyncGenerator<Output> {
  const { settings, log, tally } = reading;
  const opening = openState(saved, settings);
  if (opening.warning) log.warn(opening.warning);
  const seen = createSeen(opening.state.seen);
  const sift = createSift({
    seen,
    schema: reading.schema,
    sortedByTime: settings.orderBy === "lastConvertedAt",
    tally,
  });
  const window: Window = { records: 0 };
  try {
    yield* readPasses(opening.state, { ...reading, seen, sift, window });
  } finally {
    reading.analytics("inventory", { stream: reading.stream, ...sift.inventory() });
  }
}

type Pass = Reading & { readonly seen: Seen; readonly sift: Sift; readonly window: Window };

async function* readPasses(opened: ContactsState, pass: Pass): AsyncGenerator<Output> {
  const { settings, log, tally } = pass;
  let state = opened;
  let filterRefused = false;
  const unfilter = () => {
    filterRefused = true;
    tally.warn("filter_refused", FILTER_REFUSED);
  };
  for (let restarts = 0; ; ) {
    const plan = planPass(state, settings, pass.now(), filterRefused);
    if (plan.resumed) log.info("an interrupted pass over the contacts goes on where it stopped");
    try {
      state = yield* readPass(state, plan, pass);
      if (!plan.resumed) break;
    } catch (error) {
      if (error instanceof ExtrasRefused) {
        unfilter();
        continue;
      }
      if (!(error instanceof CursorRefused)) throw error;
      tally.count("cursor_refused");
      restarts += 1;
      if (restarts > MOST_RESTARTS) {
        if (plan.since === null || !plan.filtered) {
          throw new TransientError(`Flowcode keeps refusing its own cursors: ${error.message}`);
        }
        // It may be the filter that does not go together with a cursor.
        unfilter();
        restarts = 0;
      }
      log.warn(
        "Flowcode does not accept the place where the pass stood any more; the pass starts over, and contacts that it has already brought are not emitted again as far as they are remembered",
      );
      state = { ...state, pass: null };
    }
  }
}

async function* readPass(
  before: ContactsState,
  plan: Plan,
  pass: Pass,
): AsyncGenerator<Output, ContactsState> {
  const { api, settings, seen, sift, pulse } = pass;
  const stop = new AbortController();
  const signal = AbortSignal.any([pass.signal, stop.signal]);
  const fetch = (after: string | undefined): Promise<ContactsPage> => {
    const page = api.listContacts({ since: plan.filtered ? plan.since : null, after }, signal);
    // A page that is asked for in advance may fail while nobody waits for it yet.
    page.catch(() => undefined);
    return page;
  };
  const paging = createPaging(plan.resumed?.after);
  const begun = pass.now();
  let after = plan.resumed?.after;
  let startedAtMs = plan.resumed?.startedAtMs;
  let comesAgainMs = Number.POSITIVE_INFINITY;
  /** The place before the page that is being read, and what has been emitted of it. */
  const here = (): StateMessage => {
    const state =
      after === undefined || startedAtMs === undefined
        ? { ...before, seen: seen.list() }
        : midPass(before, plan, { startedAtMs, after, seen: seen.list() }, settings);
    return stateMessage(state, pass);
  };
  /** The records of a page that is parsed while it arrives; returns what follows it. */
  async function* takeStreamed(page: ContactsPage): AsyncGenerator<Output, Step> {
    const rows = streamRows(page, () => fetch(after), api.patience);
    let count = 0;
    let next = yield* pulse.during(rows.next(), here);
    for (; !next.done; next = yield* pulse.during(rows.next(), here)) {
      count += next.value.length;
      yield recordsOf(next.value, plan, comesAgainMs, pass);
    }
    return paging.step(next.value, count);
  }

  let coming = fetch(after);
  try {
    for (;;) {
      const page = yield* pulse.during(coming, here);
      startedAtMs ??= startOf(begun, page.serverTime, pass.log);
      comesAgainMs = overlapStartMs(before, plan, startedAtMs, settings);
      let step: Step;
      if (page.kind === "whole") {
        step = paging.step(page.info, page.rows.length);
        // While the rows that are held are emitted, the next page is already under way.
        if (step.kind === "next") coming = fetch(step.after);
        for (let from = 0; from < page.rows.length; from += ROWS_AT_A_TIME)
          yield recordsOf(page.rows.slice(from, from + ROWS_AT_A_TIME), plan, comesAgainMs, pass);
      } else {
        step = yield* takeStreamed(page);
        if (step.kind === "next") coming = fetch(step.after);
      }
      sift.endPage(plan);
      if (step.kind !== "next" && step.suspicion) pass.tally.count(step.suspicion);
      switch (step.kind) {
        case "end": {
          const kept = seen.settle(comesAgainMs / 1000);
          const state = afterPass(before, plan, { startedAtMs, seen: kept }, settings);
          yield [stateMessage(state, pass)];
          return state;
        }
        case "next":
          after = step.after;
          yield [here()];
          break;
        case "broken":
          // The place stays before this page, but what the page brought is remembered.
          yield [here()];
          throw explainBroken(step.problem, "contacts");
      }
      pass.signal.throwIfAborted();
    }
  } finally {
    stop.abort();
  }
}

/** The rows that are to be emitted, as records. */
function recordsOf(
  rows: readonly JsonObject[],
  plan: Plan,
  comesAgainMs: number,
  { sift, stream, window, pulse }: Pass,
): readonly RecordMessage[] {
  const records: RecordMessage[] = [];
  for (const row of rows) {
    const data = sift.take(row, plan, comesAgainMs);
    if (data) records.push({ kind: "record", stream, data });
  }
  window.records += records.length;
  if (records.length > 0) pulse.beat();
  return records;
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
