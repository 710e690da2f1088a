import { TransientError } from "../../../connector/errors.js";
import type { Piece } from "./pieces.js";

/** Contacts that fail alone, without any success meanwhile, after which the endpoint is taken to be down. */
const LONE_FAILURES_OF_AN_OUTAGE = 5;

/** Tells an endpoint that is down from a contact that makes it fail. */
export interface OutageWatch {
  /** Whether another request succeeded since the piece's members first failed. */
  othersSucceed(piece: Piece<unknown>): boolean;
  /** Counts a contact that failed alone, and says what to make of so many without any success meanwhile. */
  failedAlone(): "nothing" | "suspicious" | "down";
}

export function createOutageWatch(exchange: { readonly successes: number }): OutageWatch {
  const successesBefore = exchange.successes;
  let loneFailures = 0;
  return {
    othersSucceed: ({ failedAt }) => failedAt !== undefined && exchange.successes > failedAt,
    failedAlone() {
      loneFailures += 1;
      if (exchange.successes > successesBefore) return "nothing";
      return loneFailures >= LONE_FAILURES_OF_AN_OUTAGE ? "down" : "suspicious";
    },
  };
}

/** Iterable is down, as far as anybody can tell: nothing is to be blamed on a contact. */
export function outageOf(problem: string): TransientError {
  return new TransientError(
    `Iterable does not carry out requests for many contacts at the moment (${problem}): what was not confirmed is not acknowledged; run again later`,
  );
}

/** Iterable refuses requests for their rate, however long they wait. */
export function stillThrottled(): TransientError {
  return new TransientError(
    "Iterable has kept refusing requests for their rate (429): other tools use the same project's limit; run again later, or lower advanced.bulk_requests_per_second",
  );
}
