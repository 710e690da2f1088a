import type { Claim } from "./claim.js";
import type { Event, Started } from "./events.js";
import { type Run, runOf } from "./run.js";

/** What a run says of itself, in its log and for whoever started it. */
export interface RunRecord {
  add(event: Event): Promise<void>;
  /** The run as far as it has come. */
  readonly run: Run;
}

export function createRecord(claim: Claim, started: Started): RunRecord {
  const events: Event[] = [started];
  return {
    add(event) {
      events.push(event);
      return claim.journal.add(event);
    },
    get run() {
      return runOf(events) as Run;
    },
  };
}
