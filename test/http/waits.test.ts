import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeldTooLong, HttpStatusError } from "../../http/errors.js";
import { createRateLimiter } from "../../http/rate-limit.js";
import { retry } from "../../http/retry.js";
import { createWaits, type WaitEvent } from "../../http/waits.js";

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

function watched() {
  const told: [number, WaitEvent][] = [];
  const tell = (event: WaitEvent) => void told.push([Date.now(), event]);
  return { told, waits: createWaits({ service: "Iterable", tell, now: Date.now }) };
}
const iso = (ms: number) => new Date(ms).toISOString();

test("what is over within a moment is not told", async () => {
  const { told, waits } = watched();
  const wait = waits.begin({ reason: "no_answer", attempt: 1 });
  await vi.advanceTimersByTimeAsync(1_500);
  wait.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
});

test("a wait is told within five seconds, again when it changes, and when it is over", async () => {
  const { told, waits } = watched();
  const wait = waits.begin({ reason: "no_answer", attempt: 1 });
  await vi.advanceTimersByTimeAsync(5_000);
  const first = {
    for: "Iterable",
    reason: "no_answer",
    since: iso(0),
    attempt: 1,
    answered: false,
    next_at: null,
  };
  expect(told).toEqual([[expect.any(Number), first]]);
  expect(told[0]?.[0]).toBeLessThanOrEqual(5_000);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toHaveLength(1);
  waits.answered();
  wait.note({ reason: "status_503", attempt: 2, nextAt: 90_000 });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told[1]?.[1]).toEqual({
    ...first,
    reason: "status_503",
    attempt: 2,
    answered: true,
    next_at: iso(90_000),
  });
  wait.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told[2]?.[1]).toEqual({ for: "Iterable", over: true });
  expect(vi.getTimerCount()).toBe(0);
});

test("of many waits the oldest is told, and changes at most every five seconds", async () => {
  const { told, waits } = watched();
  const waiting = Array.from({ length: 50 }, (_, attempt) => waits.begin({ reason: "no_answer", attempt }));
  for (let second = 0; second < 30; second += 1) {
    waiting[0]?.note({ reason: `status_${second}`, attempt: second });
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(told.length).toBeLessThanOrEqual(6);
  for (const wait of waiting) wait.end();
});

test("retrying says why, which attempt comes next, and when", async () => {
  const { told, waits } = watched();
  let calls = 0;
  const work = retry(
    async () => {
      calls += 1;
      if (calls < 4) throw new HttpStatusError(503, "", 40_000);
      return "done";
    },
    { attempts: 9, firstDelayMs: 100, maxDelayMs: 1_000, waits, decide: () => ({ action: "retry" }) },
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told[0]?.[1]).toMatchObject({
    reason: "status_503",
    since: iso(0),
    attempt: 2,
    next_at: iso(40_000),
  });
  await vi.advanceTimersByTimeAsync(200_000);
  expect(await work).toBe("done");
  expect(told.at(-1)?.[1]).toEqual({ for: "Iterable", over: true });
});

test.each([
  ["two hours", 7_200_000],
  ["a hundred days", 8_640_000_000],
  ["for ever", Number.POSITIVE_INFINITY],
])("whoever is asked to wait for %s ends at once, and says until when", async (_what, ms) => {
  const failing = async () => {
    throw new HttpStatusError(503, "", ms);
  };
  const policy = {
    attempts: 9,
    firstDelayMs: 1,
    maxDelayMs: 1,
    decide: () => ({ action: "retry" }) as const,
  };
  const error = await retry(failing, policy).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HeldTooLong);
  expect((error as HeldTooLong).message).toContain(`before ${iso(Math.min(ms, 8.64e15))}`);
  expect(() => createRateLimiter({ perSecond: 5, concurrent: 1 }).pause(ms)).toThrow(HeldTooLong);
});

test("ten minutes are waited for", async () => {
  let calls = 0;
  const work = retry(
    async () => {
      calls += 1;
      if (calls === 1) throw new HttpStatusError(429, "", 600_000);
      return Date.now();
    },
    { attempts: 2, firstDelayMs: 1, maxDelayMs: 1, decide: () => ({ action: "retry" }) },
  );
  await vi.advanceTimersByTimeAsync(700_000);
  expect(await work).toBeGreaterThanOrEqual(600_000);
});
