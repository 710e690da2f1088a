import { explained, messageOf, Unavailable, Unusable } from "../errors.js";
import type { Explanation } from "./events.js";

/** Another run has taken this one for dead. */
export const LOST = new Unavailable(
  "another run began while this one gave no sign of life for minutes: was this machine asleep? Nothing is lost; the other run goes on",
);

/** What is said of a state that cannot be saved. */
export function stateFailure(error: unknown): unknown {
  const found = explained(error);
  const text = `Cannot save the run's progress. ${messageOf(found)}`;
  return found instanceof Unavailable ? new Unavailable(text) : new Unusable(text);
}

/** A failure of this program itself. */
export function explanationOf(failure: unknown): Explanation {
  const error = explained(failure);
  const message = messageOf(error);
  if (error instanceof Unusable) return { by: "runner", message, failure_type: "config_error" };
  return {
    by: "runner",
    message,
    failure_type: error instanceof Unavailable ? "transient_error" : "system_error",
  };
}
