import pRetry, { AbortError } from "p-retry";

/** What to do about a failed attempt. */
export type RetryDecision =
  | { readonly action: "give_up" }
  /** Try again after a growing delay. */
  | { readonly action: "retry" }
  /** Try again at once: whoever decided so has already made the limiter wait. Costs no attempt. */
  | { readonly action: "wait" };

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** The delay before the second attempt, in ms; it doubles from there, with jitter. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly signal?: AbortSignal | undefined;
  decide(error: unknown, attempt: number): RetryDecision;
}

/**
 * Runs `attempt` until it succeeds or the policy gives up; then throws what the last attempt threw.
 * An aborted signal ends the waiting between attempts, with the signal's reason; an attempt under way is let finish,
 * and what it brings counts.
 */
export async function retry<T>(attempt: (number: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  let done: { readonly value: T } | undefined;
  let last: { readonly error: unknown } | undefined;
  const once = async (number: number): Promise<void> => {
    for (;;) {
      policy.signal?.throwIfAborted();
      try {
        done = { value: await attempt(number) };
        return;
      } catch (error) {
        last = { error };
        const { action } = policy.decide(error, number);
        if (action === "give_up") throw new AbortError("given up");
        if (action === "retry") throw new Error("another attempt follows");
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
  }
  return (done as { readonly value: T }).value;
}
