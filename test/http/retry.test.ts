import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type RetryDecision, type RetryPolicy, retry } from "../../http/retry.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const policy = (changes: Partial<RetryPolicy> = {}): RetryPolicy => ({
  attempts: 4,
  firstDelayMs: 100,
  maxDelayMs: 1000,
  decide: () => ({ action: "retry" }),
  ...changes,
});

/** Fails so often, then succeeds; remembers when it was called. */
function flaky(failures: number) {
  const begun = Date.now();
  const at: number[] = [];
  const attempt = async (number: number) => {
    at.push(Date.now() - begun);
    if (at.length <= failures) throw new Error(`failure ${number}`);
    return `success ${number}`;
  };
  return { attempt, at };
}

/** What became of it, once every timer has run. */
async function settle<T>(work: Promise<T>) {
  const result = work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await vi.runAllTimersAsync();
  return result;
}

describe("retrying", () => {
  test("returns the first success at once", async () => {
    const { attempt, at } = flaky(0);
    expect(await settle(retry(attempt, policy()))).toEqual({ value: "success 1" });
    expect(at).toEqual([0]);
  });

  test("waits longer each time, up to the longest delay", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { attempt, at } = flaky(5);
    expect(await settle(retry(attempt, policy({ attempts: 6, maxDelayMs: 500 })))).toEqual({
      value: "success 6",
    });
    expect(at).toEqual([0, 100, 300, 700, 1200, 1700]);
  });

  test("spreads the attempts of many by up to twice the delay", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    const { attempt, at } = flaky(1);
    await settle(retry(attempt, policy()));
    expect(at).toEqual([0, 200]);
  });

  test("makes as many attempts as allowed and then throws what the last one threw", async () => {
    const { attempt, at } = flaky(99);
    expect(await settle(retry(attempt, policy()))).toEqual({ error: new Error("failure 4") });
    expect(at).toHaveLength(4);
  });

  test("with one attempt does not try again", async () => {
    const { attempt, at } = flaky(99);
    expect(await settle(retry(attempt, policy({ attempts: 1 })))).toEqual({ error: new Error("failure 1") });
    expect(at).toEqual([0]);
  });

  test("gives up when it is decided so, with the very error", async () => {
    const error = new TypeError("not worth it");
    const decisions: [unknown, number][] = [];
    const decide = (found: unknown, attempt: number): RetryDecision => {
      decisions.push([found, attempt]);
      return { action: "give_up" };
    };
    const attempt = () => Promise.reject(error);
    expect(await settle(retry(attempt, policy({ decide })))).toEqual({ error });
    expect(decisions).toEqual([[error, 1]]);
  });

  test("retries errors of any class, and things that are no errors", async () => {
    for (const thrown of [new TypeError("x"), "text", undefined]) {
      let calls = 0;
      const attempt = () => {
        calls += 1;
        return Promise.reject(thrown);
      };
      expect(await settle(retry(attempt, policy()))).toEqual({ error: thrown });
      expect(calls).toBe(4);
    }
  });

  test("takes an undefined result for a success", async () => {
    expect(await settle(retry(async () => undefined, policy()))).toEqual({ value: undefined });
  });

  test("charges no attempt and no delay for a wait that the limiter imposes", async () => {
    let calls = 0;
    const attempt = async (number: number) => {
      calls += 1;
      if (calls <= 10) throw new Error("throttled");
      return number;
    };
    const work = retry(attempt, policy({ attempts: 2, decide: () => ({ action: "wait" }) }));
    expect(await settle(work)).toEqual({ value: 1 });
    expect(Date.now()).toBe(vi.getMockedSystemTime()?.getTime());
    expect(vi.getTimerCount()).toBe(0);
  });

  test("counts attempts across waits", async () => {
    const numbers: number[] = [];
    const actions = ["wait", "retry", "wait", "retry"] as const;
    const attempt = async (number: number) => {
      numbers.push(number);
      throw new Error("x");
    };
    const decide = (): RetryDecision => ({ action: actions[numbers.length - 1] ?? "give_up" });
    await settle(retry(attempt, policy({ decide })));
    expect(numbers).toEqual([1, 1, 2, 2, 3]);
  });
});

describe("a signal that aborts", () => {
  const reason = new Error("stopped by SIGTERM");

  test("before the beginning keeps even the first attempt from being made", async () => {
    const { attempt, at } = flaky(0);
    expect(await settle(retry(attempt, policy({ signal: AbortSignal.abort(reason) })))).toEqual({
      error: reason,
    });
    expect(at).toEqual([]);
  });

  test("ends the wait between attempts, with the signal's reason", async () => {
    const stop = new AbortController();
    const { attempt, at } = flaky(99);
    const work = settle(
      retry(attempt, policy({ firstDelayMs: 60_000, maxDelayMs: 60_000, signal: stop.signal })),
    );
    stop.abort(reason);
    expect(await work).toEqual({ error: reason });
    expect(at).toHaveLength(1);
  });

  test("lets an attempt under way finish, and counts what it brings", async () => {
    const stop = new AbortController();
    const attempt = async () => {
      stop.abort(reason);
      return "delivered";
    };
    expect(await settle(retry(attempt, policy({ signal: stop.signal })))).toEqual({ value: "delivered" });
  });

  test("ends an endless wait for the limiter", async () => {
    const stop = new AbortController();
    let calls = 0;
    const attempt = async () => {
      calls += 1;
      if (calls === 3) stop.abort(reason);
      throw new Error("throttled");
    };
    const work = retry(attempt, policy({ signal: stop.signal, decide: () => ({ action: "wait" }) }));
    expect(await settle(work)).toEqual({ error: reason });
    expect(calls).toBe(3);
  });
});
