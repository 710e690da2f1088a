import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRateLimiter } from "../../http/rate-limit.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The most starts in any stretch of a second, its end not included. */
function mostInASecond(starts: readonly number[]): number {
  return Math.max(0, ...starts.map((from) => starts.filter((at) => at >= from && at < from + 1000).length));
}

interface Job {
  readonly arrives: number;
  readonly takes: number;
}

/** Runs jobs through a limiter in made-up time, with pauses on the way. */
async function simulate(
  options: { readonly perSecond: number; readonly concurrent: number },
  jobs: readonly Job[],
  pauses: readonly { readonly at: number; readonly ms: number }[] = [],
) {
  const begun = Date.now();
  const limiter = createRateLimiter(options);
  const starts: number[] = [];
  let running = 0;
  let mostRunning = 0;
  const holds: [from: number, to: number][] = [];
  for (const { at, ms } of pauses) {
    setTimeout(() => {
      holds.push([Date.now() - begun, Date.now() - begun + ms]);
      limiter.pause(ms);
    }, at);
  }
  const all = jobs.map(async ({ arrives, takes }, index) => {
    await sleep(arrives);
    return limiter.run(async () => {
      starts.push(Date.now() - begun);
      running += 1;
      mostRunning = Math.max(mostRunning, running);
      await sleep(takes);
      running -= 1;
      return index;
    });
  });
  await vi.runAllTimersAsync();
  const results = await Promise.all(all);
  return { starts, results, mostRunning, holds };
}

const jobs = fc.array(
  fc.record({ arrives: fc.integer({ min: 0, max: 3000 }), takes: fc.integer({ min: 0, max: 1500 }) }),
  {
    minLength: 1,
    maxLength: 40,
  },
);
const pauses = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 6000 }), ms: fc.integer({ min: 1, max: 3000 }) }),
  {
    maxLength: 4,
  },
);

describe("a limiter", () => {
  test("never lets more start in any second than allowed, after pauses too, and loses nothing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        jobs,
        pauses,
        async (perSecond, concurrent, work, held) => {
          const { starts, results, mostRunning, holds } = await simulate(
            { perSecond, concurrent },
            work,
            held,
          );
          expect(results).toEqual(work.map((_, index) => index));
          expect(starts).toHaveLength(work.length);
          expect(mostInASecond(starts)).toBeLessThanOrEqual(perSecond);
          expect(mostRunning).toBeLessThanOrEqual(concurrent);
          for (const [from, to] of holds) {
            expect(starts.filter((at) => at > from && at < to)).toEqual([]);
          }
        },
      ),
      { seed: 8, numRuns: 150 },
    );
  });

  test("spaces the starts evenly, so that others who share the limit find room", async () => {
    const { starts } = await simulate(
      { perSecond: 4, concurrent: 10 },
      Array(6).fill({ arrives: 0, takes: 0 }),
    );
    expect(starts).toEqual([0, 254, 508, 762, 1015, 1269]);
  });

  test.each([5, 4.95])(
    "at %d a second, leaves room for a request that is late on its way",
    async (perSecond) => {
      const work = Array(12).fill({ arrives: 0, takes: 0 });
      const { starts } = await simulate({ perSecond, concurrent: 10 }, work);
      for (const [index, at] of starts.slice(5).entries())
        expect(at - (starts[index] as number)).toBeGreaterThanOrEqual(1015);
    },
  );

  test("keeps to a fraction of a request per second", async () => {
    const { starts } = await simulate(
      { perSecond: 0.5, concurrent: 10 },
      Array(3).fill({ arrives: 0, takes: 0 }),
    );
    expect(starts).toEqual([0, 2000, 4000]);
  });

  test("lets nobody begin beside as many as may run at once", async () => {
    const { starts } = await simulate(
      { perSecond: 100, concurrent: 2 },
      Array(4).fill({ arrives: 0, takes: 500 }),
    );
    expect(starts).toEqual([0, 11, 500, 511]);
  });

  test("does not save up turns while nothing is to be done", async () => {
    const work = [0, 5000, 5000, 5000].map((arrives) => ({ arrives, takes: 0 }));
    const { starts } = await simulate({ perSecond: 2, concurrent: 10 }, work);
    expect(starts).toEqual([0, 5000, 5508, 6015]);
  });

  test("keeps the pace when the process was held up and all its timers come at once", async () => {
    vi.useRealTimers();
    const limiter = createRateLimiter({ perSecond: 20, concurrent: 8 });
    const starts: number[] = [];
    const all = Array.from({ length: 10 }, () => limiter.run(async () => void starts.push(Date.now())));
    await all[0];
    for (const begun = Date.now(); Date.now() < begun + 300; );
    await Promise.all(all);
    for (const [index, at] of starts.slice(1).entries())
      expect(at - starts[index]!).toBeGreaterThanOrEqual(40);
  });

  test("tells how many wait for their turn, which those that a pause holds back still do", async () => {
    const limiter = createRateLimiter({ perSecond: 1, concurrent: 1 });
    const all = [1, 2, 3].map(() => limiter.run(() => sleep(100)));
    expect(limiter.waiting).toBe(3);
    await vi.advanceTimersByTimeAsync(50);
    expect(limiter.waiting).toBe(2);
    limiter.pause(10_000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(limiter.waiting).toBe(2);
    await vi.advanceTimersByTimeAsync(20_000);
    await Promise.all(all);
    expect(limiter.waiting).toBe(0);
  });

  test("keeps the order of arrival across a pause", async () => {
    const limiter = createRateLimiter({ perSecond: 10, concurrent: 4 });
    const order: number[] = [];
    const all = Array.from({ length: 8 }, (_, index) => limiter.run(async () => void order.push(index)));
    await vi.advanceTimersByTimeAsync(150);
    limiter.pause(1000);
    await vi.runAllTimersAsync();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("passes on what the work throws, and goes on with the others", async () => {
    const limiter = createRateLimiter({ perSecond: 10, concurrent: 1 });
    const failing = expect(limiter.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const following = limiter.run(async () => "yes");
    await vi.runAllTimersAsync();
    await failing;
    expect(await following).toBe("yes");
  });
});

describe("a pause", () => {
  test("tells until when it lasts, and 0 when it is over", async () => {
    const limiter = createRateLimiter({ perSecond: 10, concurrent: 1 });
    expect(limiter.pausedUntil).toBe(0);
    limiter.pause(500);
    expect(limiter.pausedUntil).toBe(500);
    await vi.advanceTimersByTimeAsync(500);
    expect(limiter.pausedUntil).toBe(0);
  });

  test("is not cut short by a shorter one, and is prolonged by a longer one", async () => {
    const limiter = createRateLimiter({ perSecond: 10, concurrent: 1 });
    limiter.pause(1000);
    limiter.pause(10);
    expect(limiter.pausedUntil).toBe(1000);
    await vi.advanceTimersByTimeAsync(500);
    limiter.pause(2000);
    expect(limiter.pausedUntil).toBe(2500);
    let started = 0;
    const work = limiter.run(async () => {
      started = Date.now();
    });
    await vi.runAllTimersAsync();
    await work;
    expect(started).toBeGreaterThanOrEqual(2500);
  });

  test("leaves alone what has started", async () => {
    const limiter = createRateLimiter({ perSecond: 10, concurrent: 1 });
    let ended = 0;
    const work = limiter.run(async () => {
      await sleep(100);
      ended = Date.now();
    });
    await vi.advanceTimersByTimeAsync(50);
    limiter.pause(5000);
    await vi.runAllTimersAsync();
    await work;
    expect(ended).toBeLessThan(200);
  });
});
