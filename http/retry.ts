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
 * An aborted signal ends it at the next opportunity, with the signal's reason.
 */
export async function retry<T>(attempt: (number: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  let last: unknown;
  const once = async (number: number): Promise<T> => {
    for (;;) {
      policy.signal?.throwIfAborted();
      try {
        return await attempt(number);
      } catch (error) {
        last = error;
        const { action } = policy.decide(error, number);
        if (action === "wait") continue;
        if (action === "retry") throw new Retry(error);
        throw new AbortError(error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  try {
    return await pRetry(once, {
      retries: policy.attempts - 1,
      minTimeout: policy.firstDelayMs,
      maxTimeout: policy.maxDelayMs,
      factor: 2,
      randomize: true,
      ...(policy.signal && { signal: policy.signal }),
    });
  } catch (error) {
    if (policy.signal?.aborted) throw policy.signal.reason;
    throw error instanceof Retry ? error.cause : (last ?? error);
  }
}

/** p-retry stops at a TypeError, which undici also throws for a refused connection: so failures travel in this. */
class Retry extends Error {
  constructor(cause: unknown) {
    super("another attempt follows", { cause });
  }
}
