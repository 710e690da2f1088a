import type { StateMessage, StatusMessage } from "../../protocol/message.js";

/** How often is looked at what holds up the work. */
const TICK_MS = 1_000;
/** Longer than this nobody who watches is left without a record or a state: well below a minute. */
const SILENCE_MS = 45_000;
/** A hold that lasts longer than this is told of. */
const LONG_HOLD_MS = 5_000;

/**
 * Shows that a stream is alive while nothing comes. Airbyte's heartbeat counts records and states alone; its user
 * interface shows the status RATE_LIMITED while the vendor lets nothing through.
 */
export interface Pulse {
  /** Notes that a record or a state is yielded. */
  beat(): void;
  /**
   * Waits for `work`. Yields `state()` whenever there was neither record nor state for long, and a status when a long
   * hold begins and when it has ended. Returns what the work brings, throws what it throws.
   */
  during<T>(
    work: Promise<T>,
    state: () => StateMessage,
  ): AsyncGenerator<readonly [StateMessage | StatusMessage], T>;
}

export interface PulseOptions {
  readonly stream: string;
  /** Until when the vendor lets nothing through, in ms since 1970; 0 where nothing is held. */
  readonly heldUntil: () => number;
  readonly now: () => number;
  readonly sleep: Sleep;
}

/** Resolves after `ms`, or rejects as soon as the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

export function createPulse({ stream, heldUntil, now, sleep }: PulseOptions): Pulse {
  let last = now();
  /** The end of the hold that was told of; 0: none. */
  let told = 0;

  return {
    beat() {
      last = now();
    },
    async *during(work, state) {
      const settled = work.then(
        () => true,
        () => true,
      );
      for (;;) {
        if (now() - last >= SILENCE_MS) yield [state()];
        const nap = new AbortController();
        const isSettled = await Promise.race([
          settled,
          sleep(TICK_MS, nap.signal).then(
            () => false,
            () => false,
          ),
        ]);
        nap.abort();
        if (isSettled) break;
        const until = heldUntil();
        if (until - now() >= LONG_HOLD_MS && until > told) {
          told = until;
          yield [{ kind: "status", stream, status: "RUNNING", rateLimitedUntil: until }];
        }
      }
      if (told > 0) yield [{ kind: "status", stream, status: "RUNNING" }];
      told = 0;
      return await work;
    },
  };
}
