import type { Log } from "../connector/reporting/log.js";

/** What is counted on the way, as it is told at the end: the number, and then these words. */
const WORDS = {
  anonymous: "conversions were anonymous, without email and phone, and are not among the records",
  before:
    "contacts were converted before the period that was asked for, and were left out; if Flowcode delivers conversions late, raise lookback_hours",
  again: "contacts had been read before and are unchanged; they were not emitted again",
  unnamed_flow: "flows had no id, and are not among the records",
  filter_refused: "requests with the date filter were refused, and made again without it",
  filter_ignored: "pages held only contacts from before the filter's start",
  order_broken: "contacts stood out of the order that was asked for, and were emitted all the same",
  unlisted_field: "fields were not in the catalog",
  changed_type: "fields held values of another type than before, or than the catalog says",
  not_json: "answers of 200 were no list, and were asked for again",
  cut_short: "answers ended in the middle, and were asked for again",
  no_answer: "requests got no answer, and were made again",
  cursor_refused: "cursors were refused, and their pass started over",
  repeated_cursor: "cursors came a second time, and were not followed",
  missing_cursor: "pages announced a next one without saying where it begins",
} as const;

/** Something that was not emitted, or a way in which Flowcode did not behave as it was taken to. */
export type Counted = keyof typeof WORDS;

/** Counts what a run meets, so that nothing is passed over in silence. */
export interface Tally {
  count(what: Counted): void;
  /** The same with a warning, which is given once however often the same is said. */
  warn(what: Counted, message: string): void;
  /** Logs one line with every count that is not 0, and starts again. */
  report(): void;
}

export function createTally(log: Log): Tally {
  const counts = new Map<Counted, number>();
  const warned = new Set<string>();
  const count = (what: Counted) => void counts.set(what, (counts.get(what) ?? 0) + 1);
  return {
    count,
    warn(what, message) {
      count(what);
      if (!warned.has(message)) log.warn(message);
      warned.add(message);
    },
    report() {
      const told = (Object.keys(WORDS) as Counted[]).filter((what) => counts.has(what));
      if (told.length > 0) log.info(told.map((what) => `${counts.get(what)} ${WORDS[what]}`).join("; "));
      counts.clear();
    },
  };
}
