import { TransientError } from "../../connector/errors.js";
import { CursorRefused, ExtrasRefused } from "../flowcode/attempts.js";
import { type ContactsState, openState } from "./pass-state.js";
import { planPass } from "./passes.js";
import { type Pass, readPass } from "./read-pass.js";
import { createSeen } from "./seen.js";
import { createSift } from "./sift.js";
import type { Output, Reading } from "./stream.js";

const FILTER_REFUSED =
  "Flowcode refuses the date filter, so this run reads every contact and leaves out the older ones itself. Check advanced.timezone, and run probe for details";

/** How often one run starts over because Flowcode has refused a cursor. */
const MOST_RESTARTS = 3;

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
  try {
    yield* readPasses(opening.state, { ...reading, seen, sift, window: { records: 0 } });
  } finally {
    reading.analytics("inventory", { stream: reading.stream, ...sift.inventory() });
  }
}

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
        "Flowcode no longer accepts the place where the pass stood. The pass starts over; contacts that it has already brought are not emitted again as far as they are remembered",
      );
      state = { ...state, pass: null };
    }
  }
}
