import { ConfigError, ProtocolError, TransientError } from "../../connector/errors.js";
import type { Log } from "../../connector/reporting/log.js";
import { HeldTooLong, HttpStatusError, NetworkError } from "../../http/errors.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import { type RetryDecision, retry } from "../../http/retry.js";
import type { Waits } from "../../http/waits.js";
import type { Counted } from "../tally.js";
import { MalformedPage } from "./page.js";
import type { Verdict } from "./refusals.js";

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 30_000;
/** Without a word from the server, waits double from a second up to this. */
const LONGEST_GUESS_MS = 60_000;
const SHORTEST_WAIT_MS = 100;
/** How long one request may be held back by "too many requests", all its waits together. */
const MAX_WAIT_MS = 600_000;
const MAX_WAITS = 100;

/** The list was asked to go on from a place that Flowcode does not accept any more. */
export class CursorRefused extends Error {
  override readonly name = "CursorRefused";
}

/** The first page of a list was refused together with something that it can be asked for without. */
export class ExtrasRefused extends Error {
  override readonly name = "ExtrasRefused";
}

export interface Patience {
  /** Every attempt takes a turn of its own; a request to slow down holds all of them. */
  readonly turns: RateLimiter;
  readonly attempts: number;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told of every wait. */
  readonly waits?: Waits | undefined;
  readonly verdictOn: (error: HttpStatusError) => Verdict;
  /** Asks for other credentials. False: there are none. */
  readonly renew: () => boolean;
  /** Is told of every answer that was missing or broken. */
  readonly onBroken: (error: unknown) => void;
}

/**
 * Makes a request until it succeeds or there is no hope. Throws ConfigError, TransientError, ProtocolError,
 * CursorRefused or ExtrasRefused, in words for the user; and the signal's reason as soon as it is aborted.
 */
export async function persist<T>(attempt: () => Promise<T>, patience: Patience): Promise<T> {
  const { turns, signal, verdictOn } = patience;
  let waits = 0;
  let waited = 0;
  const wait = (asked: number | undefined): RetryDecision => {
    if (asked !== undefined && waited + asked > MAX_WAIT_MS) throw new HeldTooLong(Date.now() + asked);
    const ms = Math.max(asked ?? Math.min(1000 * 2 ** waits, LONGEST_GUESS_MS), SHORTEST_WAIT_MS);
    turns.pause(ms);
    waits += 1;
    waited += ms;
    if (waited > MAX_WAIT_MS || waits > MAX_WAITS) return { action: "give_up" };
    if (waits === 1) {
      patience.log.info(`Flowcode asks for a pause; the requests wait for ${Math.ceil(ms / 1000)} seconds`);
    }
    return { action: "wait", until: turns.pausedUntil };
  };
  const decide = (error: unknown): RetryDecision => {
    if (isBroken(error)) {
      patience.onBroken(error);
      return { action: "retry" };
    }
    if (!(error instanceof HttpStatusError)) return { action: "give_up" };
    switch (verdictOn(error).action) {
      case "wait":
        return wait(error.retryAfterMs);
      case "renew":
        return { action: patience.renew() ? "wait" : "give_up" };
      case "retry":
        if (error.retryAfterMs !== undefined) turns.pause(Math.min(error.retryAfterMs, MAX_WAIT_MS));
        return { action: "retry" };
      case "restart":
      case "simplify":
      case "configure":
      case "fail":
        return { action: "give_up" };
    }
  };
  try {
    return await retry(() => orAborted(turns.run(attempt), signal), {
      attempts: patience.attempts,
      firstDelayMs: FIRST_DELAY_MS,
      maxDelayMs: MAX_DELAY_MS,
      signal,
      waits: patience.waits,
      decide,
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof HttpStatusError ? explain(verdictOn(error)) : explainFault(error);
  }
}

/** Whether an answer was missing or broken in a way that asking again may heal. */
export function isBroken(error: unknown): boolean {
  if (error instanceof MalformedPage || error instanceof ProtocolError) return true;
  return error instanceof NetworkError && error.isTransient;
}

/** What an answer that is broken counts as. */
export function brokenAs(error: unknown): Counted {
  if (error instanceof MalformedPage) return error.isCut ? "cut_short" : "not_json";
  if (error instanceof ProtocolError) return "not_json";
  return (error as NetworkError).isHalfWay ? "cut_short" : "no_answer";
}

/** A failure without a status, in words for the user. What is not known here stays as it is. */
export function explainFault(error: unknown): unknown {
  if (error instanceof MalformedPage) {
    return new ProtocolError(
      `Flowcode answered 200 with ${error.message}; check advanced.api_base_url and any proxy between, and run again`,
    );
  }
  if (error instanceof HeldTooLong) return new TransientError(`Flowcode ${error.message}`);
  if (!(error instanceof NetworkError)) return error;
  return error.isTransient ? new TransientError(error.message) : new ConfigError(error.message);
}

/** The failure of a list that cannot be followed to its end. */
export function explainBroken(problem: string, list: string): ProtocolError {
  return new ProtocolError(
    `${problem}; the ${list} behind it cannot be reached; run again, and if it persists tell Flowcode's support`,
  );
}

function explain(verdict: Verdict): Error {
  switch (verdict.action) {
    case "restart":
      return new CursorRefused(verdict.message);
    case "simplify":
      return new ExtrasRefused(verdict.message);
    case "configure":
    case "renew":
      return new ConfigError(verdict.message);
    case "retry":
    case "wait":
      return new TransientError(verdict.message);
    case "fail":
      return new ProtocolError(verdict.message);
  }
}

/** Settles with `work`, or rejects as soon as the signal is aborted, whatever becomes of `work`. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
