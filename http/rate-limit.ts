import Bottleneck from "bottleneck";
import { HeldTooLong, MAX_HOLD_MS } from "./errors.js";

/** Lets work through at a steady pace, and can be told to hold everything. */
export interface RateLimiter {
  /** Runs `work` when its turn comes. Every attempt of a request needs a turn of its own. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Calls whose turn has not come. */
  readonly waiting: number;
  /**
   * Holds everything that has not started yet for `ms` milliseconds, or longer if it is already held for longer.
   * Throws HeldTooLong where that is longer than anybody waits.
   */
  pause(ms: number): void;
  /** When the hold ends, in ms since 1970; 0 when nothing is held. */
  readonly pausedUntil: number;
}

/** By how much, in ms, a start may be nearer to the one before because that one came late: timers are never early. */
const CATCH_UP_MS = 10;
/** By how much, in ms, a request may be longer on its way than the one a second later: neither is refused for it. */
const MARGIN_MS = 15;

/** Places in a pace that several processes keep together. */
export interface SharedPlaces {
  /** Takes the next place, and resolves when its time has come: with 0, or with how long everybody has to hold, in ms. */
  next(): Promise<number>;
  /** Makes everybody hold for so long. */
  hold(ms: number): Promise<void>;
}

/** How starts of `perSecond` are spaced, in ms. */
export function paceOf(perSecond: number): {
  readonly spacing: number;
  readonly mostAtATime: number;
  /** The least between two. */
  readonly leastMs: number;
} {
  const mostAtATime = Math.ceil(perSecond);
  const spacing = Math.max(1000 / perSecond, (1000 + MARGIN_MS) / mostAtATime);
  return { spacing, mostAtATime, leastMs: Math.max(0, spacing - CATCH_UP_MS) };
}

/**
 * A limiter of `perSecond` starts a second, evenly spaced (of a whole number, 1.5 % fewer), and of at most `concurrent`
 * at a time. A start that comes late is caught up with, but never so that more start within a second than `perSecond`
 * rounded up, whatever pauses there were and however long the process was held up. `now` is the clock in ms, by which
 * pauses end; the pace is kept by one that nobody sets. With `shared` the pace is that of everybody who shares it.
 *
 * bottleneck keeps the queue, the number at a time and the pauses. Its own spacing (`minTime`) counts from when a start
 * was due and lets late ones follow one another within a second that is full, so the pace is kept here.
 */
export function createRateLimiter(options: {
  readonly perSecond: number;
  readonly concurrent: number;
  readonly now?: () => number;
  readonly shared?: SharedPlaces | undefined;
}): RateLimiter {
  const { shared, now = Date.now } = options;
  const { spacing, mostAtATime, leastMs } = paceOf(options.perSecond);
  const limiter = new Bottleneck({ maxConcurrent: options.concurrent });
  /** The latest starts, as many as a second may have. */
  const starts: number[] = [];
  let lastStart = Number.NEGATIVE_INFINITY;
  let due = Number.NEGATIVE_INFINITY;
  let turn: Promise<void> = Promise.resolve();
  let pausedUntil = 0;
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  const resume = () => {
    const wait = pausedUntil - now();
    timer = wait > 0 ? setTimeout(resume, wait) : undefined;
    if (!timer) limiter.updateSettings({ reservoir: null });
  };

  const waitForTurn = async (): Promise<void> => {
    const aSecondAgo = starts.length < mostAtATime ? Number.NEGATIVE_INFINITY : (starts.shift() as number);
    const soonest = lastStart + leastMs;
    // Turns are not saved up while there is nothing to do.
    due = Math.max(due + spacing, soonest, aSecondAgo + mostAtATime * spacing, performance.now());
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(wait)));
    }
    lastStart = performance.now();
    starts.push(lastStart);
  };

  const hold = (ms: number): void => {
    const until = now() + ms;
    if (until <= pausedUntil) return;
    pausedUntil = until;
    limiter.updateSettings({ reservoir: 0 });
    clearTimeout(timer);
    resume();
  };

  const waitForSharedTurn = async (places: SharedPlaces): Promise<void> => {
    const held = await places.next();
    if (held > 0) hold(held);
  };

  const takeTurn = async <T>(work: () => Promise<T>, priority: number): Promise<T> => {
    const outcome = await limiter.schedule({ priority }, async () => {
      turn = turn.then(() => (shared ? waitForSharedTurn(shared) : waitForTurn()));
      await turn;
      // A turn that comes up during a pause goes back to the head of the queue.
      return pausedUntil > now() ? undefined : { value: await work() };
    });
    return outcome ? outcome.value : takeTurn(work, 0);
  };

  return {
    run(work) {
      waiting += 1;
      const begin = () => {
        waiting -= 1;
        return work();
      };
      return takeTurn(begin, 5);
    },
    get waiting() {
      return waiting;
    },
    pause(ms) {
      if (ms > MAX_HOLD_MS) throw new HeldTooLong(now() + ms);
      hold(ms);
      // Where nobody can be told, the next place says why.
      shared?.hold(ms).catch(() => undefined);
    },
    get pausedUntil() {
      return pausedUntil > now() ? pausedUntil : 0;
    },
  };
}
