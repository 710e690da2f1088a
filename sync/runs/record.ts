import type { Claim } from "./claim.js";
import type { Event, Started } from "./events.js";
import { type Run, runOf } from "./run.js";

/**
 * Characters of what is said in a run and of whom it rejects that its log keeps: more than anybody reads. The contacts
 * themselves are in the rejects file.
 */
const MOST_CHARACTERS = 16_000_000;

/** What a run says of itself, in its log and for whoever started it. */
export interface RunRecord {
  /** Resolves when it is on disk; what a log has no room for is left out, which it says once. */
  add(event: Event): Promise<void>;
  /** The run as far as it has come. */
  readonly run: Run;
}

export function createRecord(claim: Pick<Claim, "journal">, started: Started): RunRecord {
  const events: Event[] = [started];
  let room = MOST_CHARACTERS;
  const keep = (event: Event): Promise<void> => {
    events.push(event);
    // How far a run is, its last word tells; the log has them all.
    if (event.event === "progress" && events.at(-2)?.event === "progress") events.splice(-2, 1);
    return claim.journal.add(event);
  };
  return {
    add(event) {
      if (event.event !== "said" && event.event !== "rejected") return keep(event);
      if (room <= 0) return Promise.resolve();
      room -= JSON.stringify(event).length;
      if (room > 0) return keep(event);
      const message = "This run says more than its log keeps: the rest is left out.";
      return keep({ event: "said", at: event.at, by: "destination", level: "warn", message });
    },
    get run() {
      return runOf(events) as Run;
    },
  };
}
