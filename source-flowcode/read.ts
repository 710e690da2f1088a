import { ProtocolError, TransientError } from "../connector/errors.js";
import type { Log } from "../connector/log.js";
import type { JsonObject, RecordMessage, StateMessage } from "../protocol/message.js";
import type { ContactsPage, FlowcodeApi } from "./api.js";
import { CursorRefused } from "./attempts.js";
import {
  afterPass,
  type ContactsState,
  comesAgainFromMs,
  midPass,
  openState,
  type PassSettings,
  type Plan,
  planPass,
} from "./cursor.js";
import { createPaging, type Step } from "./paging.js";
import { streamRows } from "./rows.js";
import { createSeen, type Seen } from "./seen.js";
import { createSift, type Sift } from "./sift.js";

/** How often one run starts over because Flowcode has refused a cursor. */
const MOST_RESTARTS = 3;
const CLOCK_TOLERANCE_MS = 300_000;

export interface Reading {
  readonly stream: string;
  /** The catalog's schema of the stream. */
  readonly schema: JsonObject;
  readonly api: FlowcodeApi;
  readonly settings: PassSettings;
  readonly maxAttempts: number;
  readonly now: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What has been emitted since the last state. */
interface Window {
  records: number;
}

/**
 * Reads the contacts from where `saved` stands: the interrupted pass to its end where there is one, then one fresh
 * pass. Yields a state after every page, which covers every record before it. Throws the signal's reason when stopped.
 */
export async function* readContacts(
  saved: unknown,
  reading: Reading,
): AsyncGenerator<RecordMessage | StateMessage> {
  const { settings, log } = reading;
  const opening = openState(saved, settings);
  if (opening.warning) log.warn(opening.warning);
  let state = opening.state;
  const seen = createSeen(state.seen);
  const sift = createSift({
    seen,
    schema: reading.schema,
    sortedByTime: settings.orderBy === "lastConvertedAt",
    log,
  });
  const window: Window = { records: 0 };
  for (let restarts = 0; ; ) {
    const plan = planPass(state, settings, reading.now());
    if (plan.resumed) log.info("an interrupted pass over the contacts goes on where it stopped");
    try {
      state = yield* readPass(state, plan, { ...reading, seen, sift, window });
      if (!plan.resumed) break;
    } catch (error) {
      if (!(error instanceof CursorRefused)) throw error;
      restarts += 1;
      if (restarts > MOST_RESTARTS) {
        throw new TransientError(`Flowcode keeps refusing its own cursors: ${error.message}`);
      }
      log.warn(
        "Flowcode does not accept the place where the pass stood any more; the pass starts over, and contacts that it has already brought are not emitted again as far as they are remembered",
      );
      state = { ...state, pass: null };
    }
  }
  sift.report();
}

type Pass = Reading & { readonly seen: Seen; readonly sift: Sift; readonly window: Window };

async function* readPass(
  before: ContactsState,
  plan: Plan,
  pass: Pass,
): AsyncGenerator<RecordMessage | StateMessage, ContactsState> {
  const { api, settings, seen } = pass;
  const stop = new AbortController();
  const signal = AbortSignal.any([pass.signal, stop.signal]);
  const fetch = (after: string | undefined): Promise<ContactsPage> => {
    const page = api.listContacts({ since: plan.since, after }, signal);
    // A page that is asked for in advance may fail while nobody waits for it yet.
    page.catch(() => undefined);
    return page;
  };
  const paging = createPaging(plan.resumed?.after);
  const begun = pass.now();
  let after = plan.resumed?.after;
  let startedAtMs = plan.resumed?.startedAtMs;
  let coming = fetch(after);
  try {
    for (;;) {
      const page = await coming;
      startedAtMs ??= startOf(begun, page.serverTime, pass.log);
      const comesAgainMs = comesAgainFromMs(before, plan, startedAtMs, settings);
      let step: Step;
      if (page.kind === "whole") {
        step = paging.step(page.info, page.rows.length);
        if (step.kind === "next") coming = fetch(step.after);
        for (const row of page.rows) yield* emit(row, plan, comesAgainMs, pass);
      } else {
        const place = after;
        const rows = streamRows(page, () => fetch(place), {
          attempts: pass.maxAttempts,
          pause: (ms) => api.pause(ms),
        });
        let count = 0;
        let next = await rows.next();
        for (; !next.done; next = await rows.next()) {
          count += 1;
          yield* emit(next.value, plan, comesAgainMs, pass);
        }
        step = paging.step(next.value, count);
        if (step.kind === "next") coming = fetch(step.after);
      }
      pass.sift.endPage(plan);
      switch (step.kind) {
        case "end": {
          const state = afterPass(
            before,
            plan,
            { startedAtMs, seen: seen.settle(comesAgainMs / 1000) },
            settings,
          );
          yield stateMessage(state, pass);
          return state;
        }
        case "next":
          after = step.after;
          yield stateMessage(
            midPass(before, plan, { startedAtMs, after, seen: seen.list() }, settings),
            pass,
          );
          break;
        case "broken": {
          // The place stays before this page, but what the page brought is remembered.
          const place = { startedAtMs, seen: seen.list() };
          const stays = after === undefined ? { ...before, seen: place.seen } : undefined;
          yield stateMessage(
            stays ?? midPass(before, plan, { ...place, after: after as string }, settings),
            pass,
          );
          throw new ProtocolError(
            `${step.problem}; the contacts behind it cannot be reached; run again, and if it persists tell Flowcode's support`,
          );
        }
      }
      pass.signal.throwIfAborted();
    }
  } finally {
    stop.abort();
  }
}

function* emit(row: JsonObject, plan: Plan, comesAgainMs: number, pass: Pass): Generator<RecordMessage> {
  const data = pass.sift.take(row, plan, comesAgainMs);
  if (!data) return;
  pass.window.records += 1;
  yield { kind: "record", stream: pass.stream, data };
}

function stateMessage(value: ContactsState, { stream, window }: Pass): StateMessage {
  const recordCount = window.records;
  window.records = 0;
  return { kind: "state", stream, value, recordCount };
}

/** When a pass began: by this machine's clock or by Flowcode's, whichever is earlier, so that nothing falls between. */
function startOf(begun: number, serverTime: number | undefined, log: Log): number {
  if (serverTime === undefined) return begun;
  if (Math.abs(serverTime - begun) > CLOCK_TOLERANCE_MS) {
    const minutes = Math.round(Math.abs(serverTime - begun) / 60_000);
    log.warn(
      `the clock of this machine and Flowcode's are ${minutes} minutes apart; nothing is lost, but set the clock right`,
    );
  }
  return Math.min(begun, serverTime);
}
