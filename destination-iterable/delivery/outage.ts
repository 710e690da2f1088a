import { TransientError } from "../../connector/errors.js";

/** Iterable refuses requests for their rate, however long they wait. */
export const stillThrottled = () =>
  new TransientError(
    "Iterable has kept refusing requests for their rate (429): other tools use the same project's limit; run again later, or lower advanced.bulk_requests_per_second",
  );

/** Iterable is down, as far as anybody can tell: nothing is to be blamed on a contact. */
export function outage(problem: string): TransientError {
  return new TransientError(
    `Iterable does not carry out requests for many contacts at the moment (${problem}): what was not confirmed is not acknowledged; run again later`,
  );
}
