/** The answer came too slowly, or was too long. The code is looked up in the explanations of errors.ts. */
export class LimitReached extends Error {
  override readonly name = "LimitReached";
  constructor(readonly code: "ANSWER_TOO_LONG" | "UND_ERR_HEADERS_TIMEOUT" | "UND_ERR_BODY_TIMEOUT") {
    super(code);
  }
}

/** The slowest that an answer may come, in bytes per ms (16 KB a second), once it has had its time to begin. */
const SLOWEST = 16;
/** The longest that anything is waited for, in ms. */
const LONGEST_MS = 3_600_000;

/** Bounds how long an answer is waited for in all, whatever trickles in meanwhile. */
export interface Deadline {
  /** Aborted when the time is over, or by the caller's own signal. */
  readonly signal: AbortSignal;
  /** Waits for `work`; what the caller does in between does not count. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Counts what has come, which earns time. Throws LimitReached beyond the limit. */
  received(bytes: number): void;
  /** Lets go of the caller's signal. */
  end(): void;
}

/**
 * A deadline of `graceMs` for an answer to begin and for each of its silences together, and beyond that a ms for every
 * 16 bytes that come. Interim answers earn nothing.
 */
export function createDeadline(limits: {
  readonly graceMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}): Deadline {
  const { graceMs, maxBytes, signal } = limits;
  const controller = new AbortController();
  const forward = () => controller.abort(signal?.reason);
  if (signal?.aborted) forward();
  signal?.addEventListener("abort", forward, { once: true });
  let waited = 0;
  let bytes = 0;

  return {
    signal: controller.signal,
    async during(work) {
      const begun = performance.now();
      const left = Math.min(graceMs + bytes / SLOWEST, LONGEST_MS) - waited;
      const code = bytes === 0 ? "UND_ERR_HEADERS_TIMEOUT" : "UND_ERR_BODY_TIMEOUT";
      const timer = setTimeout(() => controller.abort(new LimitReached(code)), Math.max(0, left));
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        waited += performance.now() - begun;
      }
    },
    received(count) {
      bytes += count;
      if (bytes <= maxBytes) return;
      const error = new LimitReached("ANSWER_TOO_LONG");
      controller.abort(error);
      throw error;
    },
    end() {
      signal?.removeEventListener("abort", forward);
    },
  };
}
