import Bottleneck from "bottleneck";

/** Lets work through at a steady pace, and can be told to hold everything. */
export interface RateLimiter {
  /** Runs `work` when its turn comes. Every attempt of a request needs a turn of its own. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Holds everything that has not started yet for `ms` milliseconds, or longer if it is already held for longer. */
  pause(ms: number): void;
  /** When the hold ends, in ms since 1970; 0 when nothing is held. */
  readonly pausedUntil: number;
}

/**
 * A limiter of `perSecond` starts a second, evenly spaced, and of at most `concurrent` at a time. The spacing holds
 * after a pause and after the process was held up, so that a limit is never exceeded in any second. `now` is the clock
 * in ms.
 */
export function createRateLimiter(options: {
  readonly perSecond: number;
  readonly concurrent: number;
  readonly now?: () => number;
}): RateLimiter {
  const now = options.now ?? Date.now;
  const spacing = Math.ceil(1000 / options.perSecond);
  const limiter = new Bottleneck({ maxConcurrent: options.concurrent });
  let lastStart: Promise<number> = Promise.resolve(Number.NEGATIVE_INFINITY);
  let pausedUntil = 0;
  let timer: NodeJS.Timeout | undefined;

  const resume = () => {
    const wait = pausedUntil - now();
    timer = wait > 0 ? setTimeout(resume, wait) : undefined;
    if (!timer) limiter.updateSettings({ reservoir: null });
  };

  /** Resolves as far behind the latest start as the pace demands: timers that come late come all at once. */
  const nextStart = (): Promise<number> => {
    lastStart = lastStart.then(async (last) => {
      const wait = last + spacing - now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      return now();
    });
    return lastStart;
  };

  const run = async <T>(work: () => Promise<T>, priority = 5): Promise<T> => {
    const outcome = await limiter.schedule({ priority }, async () => {
      await nextStart();
      // A turn that comes up during a pause goes back to the head of the queue.
      return pausedUntil > now() ? undefined : { value: await work() };
    });
    return outcome ? outcome.value : run(work, 0);
  };

  return {
    run,
    pause(ms) {
      const until = now() + ms;
      if (until <= pausedUntil) return;
      pausedUntil = until;
      limiter.updateSettings({ reservoir: 0 });
      clearTimeout(timer);
      resume();
    },
    get pausedUntil() {
      return pausedUntil > now() ? pausedUntil : 0;
    },
  };
}
