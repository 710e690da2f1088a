import type { Analytics } from "../connector/reporting/analytics.js";
import type { Log } from "../connector/reporting/log.js";

/** What is counted on the way, as it is told at the end: the number, and then the words for one and for more. */
const WORDS = {
  anonymous: [
    "anonymous conversion without any answer was left out",
    "anonymous conversions without any answer were left out",
  ],
  odd_row: ["row could not be read and was left out", "rows could not be read and were left out"],
  marred_row: [
    "row held bytes that are not UTF-8, and was emitted without the values that hold them",
    "rows held bytes that are not UTF-8, and were emitted without the values that hold them",
  ],
  deep_value: [
    "value was left out because it is nested too deeply",
    "values were left out because they are nested too deeply",
  ],
  before: [
    "contact was left out because it converted before the period asked for. If Flowcode delivers conversions late, raise lookback_hours",
    "contacts were left out because they converted before the period asked for. If Flowcode delivers conversions late, raise lookback_hours",
  ],
  late: [
    "contact became visible late, with an earlier conversion time, and was emitted",
    "contacts became visible late, with earlier conversion times, and were emitted",
  ],
  late_unsent: [
    "contact became visible late, with an earlier conversion time, and was not sent",
    "contacts became visible late, with earlier conversion times, and were not sent",
  ],
  again: [
    "contact was read before, is unchanged and was not emitted again",
    "contacts were read before, are unchanged and were not emitted again",
  ],
  unnamed_flow: ["flow without an id was left out", "flows without an id were left out"],
  filter_refused: [
    "request with the date filter was refused and repeated without it",
    "requests with the date filter were refused and repeated without it",
  ],
  filter_ignored: [
    "page held only contacts from before the filter's start",
    "pages held only contacts from before the filter's start",
  ],
  order_broken: [
    "contact stood out of the requested order and was emitted all the same",
    "contacts stood out of the requested order and were emitted all the same",
  ],
  unlisted_field: ["field is not in the catalog", "fields are not in the catalog"],
  changed_type: [
    "field holds values of another type than before or than the catalog says",
    "fields hold values of another type than before or than the catalog says",
  ],
  not_json: [
    "answer of 200 was no list and was requested again",
    "answers of 200 were no list and were requested again",
  ],
  cut_short: [
    "answer ended in the middle and was requested again",
    "answers ended in the middle and were requested again",
  ],
  no_answer: ["request got no answer and was repeated", "requests got no answer and were repeated"],
  cursor_refused: [
    "page cursor was refused and its pass started over",
    "page cursors were refused and their passes started over",
  ],
  repeated_cursor: ["repeated page cursor was ignored", "repeated page cursors were ignored"],
  missing_cursor: [
    "page announced another without saying where it begins",
    "pages announced another without saying where it begins",
  ],
} as const satisfies Record<string, readonly [one: string, more: string]>;

/** What is missing from the records for good: whoever reads no more than warnings has to hear of it. */
const MISSING: ReadonlySet<Counted> = new Set([
  "anonymous",
  "odd_row",
  "marred_row",
  "deep_value",
  "late_unsent",
  "unnamed_flow",
]);

/** Something that was not emitted, or a way in which Flowcode did not behave as it was taken to. */
export type Counted = keyof typeof WORDS;

/** Counts what a run meets, so that nothing is passed over in silence. */
export interface Tally {
  count(what: Counted, by?: number): void;
  /** The same with a warning, which is given once however often the same is said. */
  warn(what: Counted, message: string, by?: number): void;
  /** Tells every count that is not 0, what is missing as a warning, and all as data, and starts again. */
  report(stream: string, emitted: number): void;
}

/** Warnings that are remembered, at most: whoever gives them bounds their number and length. */
const MOST_WARNINGS = 200;

export function createTally({ log, analytics }: { readonly log: Log; readonly analytics: Analytics }): Tally {
  const counts = new Map<Counted, number>();
  const warned = new Set<string>();
  const count = (what: Counted, by = 1) => void counts.set(what, (counts.get(what) ?? 0) + by);
  return {
    count,
    warn(what, message, by) {
      count(what, by);
      if (warned.has(message) || warned.size >= MOST_WARNINGS) return;
      warned.add(message);
      log.warn(message);
    },
    report(stream, emitted) {
      const told = (Object.keys(WORDS) as Counted[]).flatMap((what) => {
        const number = counts.get(what);
        return number === undefined ? [] : [{ what, number }];
      });
      const tell = (say: (text: string) => void, isMissing: boolean) => {
        const sentences = told
          .filter(({ what }) => MISSING.has(what) === isMissing)
          .map(({ what, number }) => `${thousands(number)} ${WORDS[what][number === 1 ? 0 : 1]}`);
        if (sentences.length > 0) say(sentences.join("; "));
      };
      tell(log.warn, true);
      tell(log.info, false);
      const numbers = Object.fromEntries(told.map(({ what, number }) => [what, number]));
      analytics("source_tally", { stream, emitted, ...numbers });
      counts.clear();
    },
  };
}

const thousands = (number: number) => number.toLocaleString("en-US");
