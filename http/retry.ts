import pRetry, { AbortError } from "p-retry";
import { HeldTooLong, HttpStatusError, MAX_HOLD_MS, reasonOf } from "./errors.js";
import type { Wait, Waits } from "./waits.js";

/** What to do about a failed attempt. `reason` says why in snake_case, where the error does not. */
export type RetryDecision =
  | { readonly action: "give_up" }
  /** Try again after a growing delay, or after what the service asks for where that is longer. */
  | { readonly action: "retry"; readonly reason?: string }
  /** Try again at once: whoever decided so has already made the limiter wait, until `until`. Costs no attempt. */
  | { readonly action: "wait"; readonly reason?: string; readonly until?: number };

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** The delay before the second attempt, in ms; it doubles from there, with jitter. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told from the first failure until there is an end. */
  readonly waits?: Waits | undefined;
  decide(error: unknown, attempt: number): RetryDecision;
}

/**
 * Runs `attempt` until it succeeds or the policy gives up; then throws what the last attempt threw, or what `decide` did.
 * A Retry-After is kept where the policy tries again; beyond ten minutes HeldTooLong is thrown instead.
 * An aborted signal ends the waiting between attempts, with the signal's reason; an attempt under way is let finish,
 * and what it brings counts.
 */
export async function retry<T>(attempt: (number: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  let done: { readonly value: T } | undefined;
  let last: { readonly error: unknown } | undefined;
  let notBefore = 0;
  let wait: Wait | undefined;
  let reason = "failed";

  /** What to do about a failure, once it is known how long that takes. Throws what ends the trying. */
  const onFailure = (error: unknown, number: number): "retry" | "wait" => {
    const decision = policy.decide(error, number);
    if (decision.action === "give_up") throw error;
    const isOver = decision.action === "retry" && number >= policy.attempts;
    if (isOver) throw error;
    const asked =
      decision.action === "retry" && error instanceof HttpStatusError ? error.retryAfterMs : undefined;
    if (asked !== undefined && asked > MAX_HOLD_MS) throw new HeldTooLong(Date.now() + asked);
    if (asked !== undefined) notBefore = Date.now() + asked;
    const delay = Math.min(policy.maxDelayMs, 2 * policy.firstDelayMs * 2 ** (number - 1));
    const nextAt =
      decision.action === "wait" ? (decision.until ?? Date.now()) : Math.max(notBefore, Date.now() + delay);
    reason = decision.reason ?? reasonOf(error);
    const trouble = { reason, attempt: number + 1, nextAt };
    if (wait) wait.note(trouble);
    else wait = policy.waits?.begin(trouble);
    return decision.action;
  };

  const once = async (number: number): Promise<void> => {
    let isInLine = false;
    for (;;) {
      policy.signal?.throwIfAborted();
      const held = notBefore - Date.now();
      if (held > 0) await pause(held, policy.signal);
      if (!isInLine) wait?.note({ reason, attempt: number });
      try {
        done = { value: await attempt(number) };
        return;
      } catch (error) {
        try {
          isInLine = onFailure(error, number) === "wait";
          if (isInLine) continue;
        } catch (end) {
          last = { error: end };
          throw new AbortError("given up");
        }
        last = { error };
        throw new Error("another attempt follows");
      }
    }
  };
  try {
    await pRetry(once, {
      retries: policy.attempts - 1,
      minTimeout: policy.firstDelayMs,
      maxTimeout: policy.maxDelayMs,
      factor: 2,
      randomize: true,
      ...(policy.signal && { signal: policy.signal }),
    });
  } catch (error) {
    if (!done && policy.signal?.aborted) throw policy.signal.reason;
    if (!done) throw last ? last.error : error;
  } finally {
    (wait as Wait | undefined)?.end();
  }
  return (done as { readonly value: T }).value;
}

/** Resolves after `ms`, or rejects as soon as the signal is aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
