import { describe, expect, test } from "vitest";
import { durationMs } from "../../../sync/schedule/duration.js";
import {
  backOffMs,
  cronProblem,
  type Last,
  nextStart,
  type Schedule,
  tickAfter,
} from "../../../sync/schedule/timing.js";

const at = (text: string) => Date.parse(text);
const NOON = at("2026-03-10T12:00:00Z");
const MINUTE = 60_000;
const HALF_HOUR: Schedule = { every: "30m" };
const BERLIN: Schedule = { cron: "0 6 * * *", time_zone: "Europe/Berlin" };

const last = (more: Partial<Last> = {}): Last => ({
  startedAt: NOON,
  endedAt: NOON + MINUTE,
  outcome: "succeeded",
  failures: 0,
  ...more,
});

describe("the next run is due", () => {
  test.each<[string, Schedule, Last | undefined, number, number]>([
    ["at once where there has been none", HALF_HOUR, undefined, NOON, NOON],
    [
      "at its time, by cron, although there has been none",
      BERLIN,
      undefined,
      NOON,
      at("2026-03-11T05:00:00Z"),
    ],
    ["an interval after the last one has begun", HALF_HOUR, last(), NOON, NOON + 30 * MINUTE],
    ["once, long ago, where ticks were missed", HALF_HOUR, last(), NOON + 1e9, NOON + 30 * MINUTE],
    [
      "a minute after a failure that time may heal",
      HALF_HOUR,
      last({ outcome: "failed", failures: 1 }),
      NOON,
      NOON + 2 * MINUTE,
    ],
    [
      "later after each further one",
      HALF_HOUR,
      last({ outcome: "failed", failures: 3 }),
      NOON,
      NOON + 5 * MINUTE,
    ],
    [
      "at its time after a failure that somebody has to correct",
      HALF_HOUR,
      last({ outcome: "waits", failures: 1 }),
      NOON,
      NOON + 30 * MINUTE,
    ],
    [
      "not before its wait is over where nobody does",
      HALF_HOUR,
      last({ outcome: "waits", failures: 9 }),
      NOON,
      NOON + MINUTE + 60 * MINUTE,
    ],
  ])("%s", (_what, schedule, before, now, expected) => {
    expect(nextStart(schedule, before, now)).toBe(expected);
  });
});

test("the wait after failures doubles, up to an hour", () => {
  expect([1, 2, 3, 7, 50].map((failures) => backOffMs(failures) / MINUTE)).toEqual([1, 2, 4, 60, 60]);
});

test.each([
  ["in winter", "2026-01-10T12:00:00Z", "2026-01-11T05:00:00Z"],
  ["in summer", "2026-07-10T12:00:00Z", "2026-07-11T04:00:00Z"],
  ["across the change of the clock", "2026-03-28T12:00:00Z", "2026-03-29T04:00:00Z"],
])("six o'clock in Berlin is six o'clock there %s", (_when, from, expected) => {
  expect(tickAfter(BERLIN, at(from))).toBe(at(expected));
});

test.each([
  ["0 6 * * 1-5", "Europe/Berlin", undefined],
  ["*/5 * * * *", undefined, undefined],
  ["every day", undefined, /minute, hour, day/],
  ["0 0 31 2 *", undefined, /never comes/],
  ["* * * * * *", undefined, /cron expression/],
  ["0 6 * * *", "Mars/Olympus", /time zone/],
])("%s in %s is a schedule, or says what is wrong", (expression, zone, problem) => {
  const found = cronProblem(expression, zone);
  if (problem) expect(found).toMatch(problem);
  else expect(found).toBeUndefined();
});

test.each([
  ["30m", 30 * MINUTE],
  [" 6h ", 360 * MINUTE],
  ["1d", 1440 * MINUTE],
  ["0m", undefined],
  ["30s", undefined],
  ["often", undefined],
])("the interval %s", (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});
