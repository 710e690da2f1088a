import { describe, expect, it } from "vitest";
import { fingerprint, shortHash } from "../../../source-flowcode/streams/fingerprint.js";
import {
  createSeen,
  fromVersion1,
  HASH_CHARACTERS,
  MOST_SEEN,
  NOTHING_SEEN,
  type SeenRow,
} from "../../../source-flowcode/streams/seen.js";

const HOUR = 3600;
/** Row number `n`, of person number `n`, at an hour or without a time. */
const row = (n: number, hour: number | null = n): SeenRow => ({
  hash: fingerprint(n, HASH_CHARACTERS),
  key: shortHash(`p${n}@example.com`),
  seconds: hour === null ? undefined : hour * HOUR,
});
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe("what has been seen", () => {
  it("holds rows by their hours, one without a time behind all others, and reads back what it wrote", () => {
    const seen = createSeen(NOTHING_SEEN);
    for (const [n, hour] of [5, null, 3, 5].entries()) seen.add(row(n, hour), true);
    const state = copy(seen.state());
    expect(state.hours).toEqual([
      [3, 1],
      [5, 2],
      [null, 1],
    ]);
    const again = createSeen(state);
    expect([0, 1, 2, 3, 4].map((n) => again.has(row(n)))).toEqual([true, true, true, true, false]);
    expect(again.state()).toEqual(state);
  });

  it("remembers all rows of a small pass until it ends, then those that come again, and whose all of them were", () => {
    const seen = createSeen(NOTHING_SEEN);
    seen.add(row(10), false);
    seen.add(row(100), true);
    expect([10, 100].map((n) => createSeen(seen.state()).has(row(n)))).toEqual([true, true]);
    const settled = copy(seen.settle(60 * HOUR, true));
    expect(settled.hours).toEqual([[100, 1]]);
    const later = createSeen(settled);
    expect(later.whole).toBe(true);
    expect([10, 100, 7].map((n) => later.has(row(n)))).toEqual([false, true, false]);
    expect([10, 100, 7].map((n) => later.knows(row(n).key))).toEqual([true, true, false]);
  });

  it("keeps the newest rows where there are too many, and no longer claims to know everybody", () => {
    const seen = createSeen(NOTHING_SEEN);
    for (let n = 0; n < 25_000; n += 1) seen.add(row(n), true);
    const state = seen.settle(0, true);
    expect(state).toMatchObject({ keys: null, whole: false });
    expect(state.hours).toHaveLength(MOST_SEEN);
    expect(state.hours.at(0)).toEqual([15_000, 1]);
    expect(state.hours.at(-1)).toEqual([24_999, 1]);
  });

  it("keeps the states of a large pass small, and remembers its latest rows", () => {
    const seen = createSeen(NOTHING_SEEN);
    for (let n = 0; n < 50_000; n += 1) seen.add(row(n), false);
    expect(JSON.stringify(seen.state()).length).toBeLessThan(20_000);
    expect(seen.has(row(49_800))).toBe(true);
  });

  it.each([
    ["2,000 conversions within an hour", 2000, () => 490_000, true, 30_000],
    [
      "10,000 contacts, all converted within a month",
      10_000,
      (n: number) => 490_000 + (n % 720),
      true,
      135_000,
    ],
    ["10,000 contacts of long ago", 10_000, (n: number) => n, false, 65_000],
  ])("takes few bytes for %s", (_name, count, hourOf, comesAgain, most) => {
    const seen = createSeen(NOTHING_SEEN);
    for (let n = 0; n < count; n += 1) seen.add(row(n, hourOf(n)), comesAgain);
    const state = seen.settle(490_000 * HOUR, true);
    expect(state.whole).toBe(true);
    expect(JSON.stringify(state).length).toBeLessThan(most);
  });

  it("notes everybody anew in a pass over the whole list, and knows them only when it has come to its end", () => {
    const gathered = () => {
      const seen = createSeen(fromVersion1([]));
      expect(seen.whole).toBe(false);
      seen.gather();
      seen.meet(row(1).key);
      return seen;
    };
    const ended = gathered().settle(0, true);
    expect(ended.whole).toBe(true);
    expect(createSeen(ended).knows(row(1).key)).toBe(true);
    expect(gathered().settle(0, false)).toMatchObject({ keys: null, whole: false });
    const resumed = createSeen(copy(gathered().state()));
    expect(resumed.whole).toBe(false);
    expect(resumed.settle(0, true)).toMatchObject({ whole: true });
  });
});

describe("the hash of a key", () => {
  it("tells two hundred thousand people apart, or nearly", () => {
    const hashes = new Set<string>();
    for (let n = 0; n < 200_000; n += 1) hashes.add(shortHash(`person${n}@example.com`));
    // 36 bits: a third of a pair is to be expected.
    expect(hashes.size).toBeGreaterThanOrEqual(199_996);
    expect(shortHash("")).toMatch(/^[\w-]{6}$/);
  });
});
