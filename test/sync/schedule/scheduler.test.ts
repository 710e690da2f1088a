import { describe, expect, test } from "vitest";
import { keepSchedule } from "../../../sync/schedule/scheduler.js";
import type { Last, Schedule } from "../../../sync/schedule/timing.js";

const MINUTE = 60_000;
type Ending = "succeeded" | "failed" | "waits" | undefined;
interface Way {
  readonly minutesOfARun?: number;
  readonly last?: Last;
  /** The schedule at a moment, in minutes. */
  readonly schedule?: (minutes: number) => Schedule | undefined;
  /** By how much the clock is set, in minutes, when it is looked at the nth time. */
  readonly jumps?: Readonly<Record<number, number>>;
  /** Runs that throw, by their number from 1. */
  readonly throws?: readonly number[];
}

/** Keeps a schedule by a clock that naps alone move; tells when each run began, in minutes since the start. */
async function keep(endings: readonly Ending[], way: Way = {}): Promise<number[]> {
  const { minutesOfARun = 1, last, schedule = () => ({ every: "30m" }), jumps = {}, throws = [] } = way;
  let passed = 0;
  let offset = 0;
  let naps = 0;
  const stop = new AbortController();
  const begun: number[] = [];
  let running = 0;
  await keepSchedule({
    schedule: async () => schedule(passed / MINUTE),
    last,
    now: () => passed + offset,
    signal: stop.signal,
    async sleep(ms) {
      expect(ms).toBeLessThanOrEqual(30_000);
      passed += ms;
      naps += 1;
      offset += (jumps[naps] ?? 0) * MINUTE;
      if (naps > 10_000) stop.abort();
    },
    onPlan: () => undefined,
    onFailure: () => undefined,
    async run() {
      running += 1;
      expect(running).toBe(1);
      begun.push(passed / MINUTE);
      passed += minutesOfARun * MINUTE;
      running -= 1;
      if (begun.length === endings.length) stop.abort();
      if (throws.includes(begun.length)) throw new Error("the disk is full");
      return endings[begun.length - 1];
    },
  });
  return begun;
}

test("runs begin an interval apart", async () => {
  expect(await keep(["succeeded", "succeeded", "succeeded"])).toEqual([0, 30, 60]);
});

test("a run that takes longer than the interval is followed at once by one, however many ticks it missed", async () => {
  expect(await keep(["succeeded", "succeeded", "succeeded"], { minutesOfARun: 95 })).toEqual([0, 95, 190]);
});

test("failures are tried again sooner than the interval, each time later, and a success ends that", async () => {
  expect(await keep(["failed", "failed", "succeeded", "succeeded"])).toEqual([0, 2, 5, 35]);
});

test("a run that cannot even be written down is a failure like any other, and does not end the schedule", async () => {
  expect(await keep(["succeeded", "succeeded", "succeeded", "succeeded"], { throws: [1, 2] })).toEqual([
    0, 2, 5, 35,
  ]);
});

test("what somebody has to correct is tried again at its time", async () => {
  expect(await keep(["waits", "succeeded"])).toEqual([0, 30]);
});

test("a run of somebody else's counts for the one that was due", async () => {
  expect(await keep([undefined, "succeeded"])).toEqual([0, 30]);
});

describe("a clock", () => {
  const last: Last = { startedAt: 1e9 * MINUTE, endedAt: 1e9 * MINUTE, outcome: "succeeded", failures: 0 };

  test.each(["succeeded", "failed", "waits"] as const)(
    "that was wrong when the last run %s does not stop the schedule for years",
    async (outcome) => {
      const [first] = await keep(["succeeded"], { last: { ...last, outcome, failures: 1 } });
      expect(first).toBeLessThanOrEqual(30);
    },
  );

  test("that is set back by a year while the next run is waited for delays it by an interval at most", async () => {
    const begun = await keep(["succeeded", "succeeded"], { jumps: { 10: -525_600 } });
    expect(begun[1]).toBeLessThanOrEqual(60);
  });

  test("that is set forward makes the next run due once", async () => {
    expect(await keep(["succeeded", "succeeded", "succeeded"], { jumps: { 10: 600 } })).toEqual([0, 6, 36]);
  });
});

describe("a schedule that is edited", () => {
  test("counts from the next tick", async () => {
    const schedule = (minutes: number) => ({ every: minutes < 10 ? "1d" : "15m" });
    expect(await keep(["succeeded", "succeeded", "succeeded"], { schedule })).toEqual([0, 15, 30]);
  });

  test("and taken away plans nothing, until there is one again", async () => {
    const schedule = (minutes: number) => (minutes > 5 && minutes < 100 ? undefined : { every: "30m" });
    expect(await keep(["succeeded", "succeeded"], { schedule })).toEqual([0, 100]);
  });
});
