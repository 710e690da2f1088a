import { expect, test } from "vitest";
import { keepSchedule } from "../../../sync/schedule/scheduler.js";

const MINUTE = 60_000;
type Ending = "succeeded" | "failed" | "waits" | undefined;

/** Keeps a schedule of half an hour by a clock that naps alone move; tells when each run began, in minutes. */
async function keep(endings: readonly Ending[], minutesOfARun = 1): Promise<number[]> {
  let now = 0;
  const stop = new AbortController();
  const begun: number[] = [];
  let running = 0;
  await keepSchedule({
    schedule: { every: "30m" },
    last: undefined,
    now: () => now,
    signal: stop.signal,
    async sleep(ms) {
      now += ms;
    },
    onWait: () => undefined,
    async run() {
      running += 1;
      expect(running).toBe(1);
      begun.push(now / MINUTE);
      now += minutesOfARun * MINUTE;
      running -= 1;
      if (begun.length === endings.length) stop.abort();
      return endings[begun.length - 1];
    },
  });
  return begun;
}

test("runs begin an interval apart", async () => {
  expect(await keep(["succeeded", "succeeded", "succeeded"])).toEqual([0, 30, 60]);
});

test("a run that takes longer than the interval is followed at once by one, however many ticks it missed", async () => {
  expect(await keep(["succeeded", "succeeded", "succeeded"], 95)).toEqual([0, 95, 190]);
});

test("failures are tried again sooner than the interval, each time later, and a success ends that", async () => {
  expect(await keep(["failed", "failed", "succeeded", "succeeded"])).toEqual([0, 2, 5, 35]);
});

test("what somebody has to correct is tried again at its time", async () => {
  expect(await keep(["waits", "succeeded"])).toEqual([0, 30]);
});

test("a run of somebody else's counts for the one that was due", async () => {
  expect(await keep([undefined, "succeeded"])).toEqual([0, 30]);
});
