import { describe, expect, it } from "vitest";
import { createSeen, MOST_SEEN, seenEntry } from "../../../source-flowcode/streams/seen.js";

const entry = (seconds: number) => seenEntry(seconds, `h${seconds}`);

describe("what has been seen", () => {
  it("sorts by time, from 1970 on, and a row without a time behind all others", () => {
    const times = [-5, 0, 35, 36, 1_767_225_600, 2_200_000_000, 70_000_000_000, undefined];
    const entries = times.map((seconds) => seenEntry(seconds, ""));
    expect(entries.toSorted()).toEqual(entries);
  });

  it("remembers all rows of a small pass until it ends, and then those that come again", () => {
    const seen = createSeen([entry(50)]);
    seen.add(entry(10), false);
    seen.add(entry(100), true);
    expect(seen.list()).toEqual([entry(10), entry(50), entry(100)]);
    expect(seen.settle(60)).toEqual([entry(100)]);
    expect([10, 50, 100].map((seconds) => seen.has(entry(seconds)))).toEqual([false, false, true]);
  });

  it("keeps the newest where there are too many", () => {
    const seen = createSeen([]);
    for (let second = 0; second < 25_000; second += 1) seen.add(entry(second), true);
    const list = seen.settle(0);
    expect(list).toHaveLength(MOST_SEEN);
    expect(list.at(0)).toBe(entry(15_000));
    expect(list.at(-1)).toBe(entry(24_999));
  });

  it("keeps the states of a large pass small, and remembers its latest rows", () => {
    const seen = createSeen([]);
    for (let second = 0; second < 50_000; second += 1) seen.add(entry(second), false);
    expect(seen.list().length).toBeLessThanOrEqual(500);
    expect(seen.has(entry(49_800))).toBe(true);
  });
});
