/** The most that a state carries. */
export const MOST_SEEN = 10_000;
/** How many of a large pass's latest rows are remembered: an insertion may push them onto the next page again. */
const LATEST_ROWS = 500;
/** Seconds since 1970 in base 36, until the year 4453. */
const TIME_DIGITS = 7;
/** A row without a time may come again at any time, and so sorts behind every time. */
const TIMELESS = "z".repeat(TIME_DIGITS);

/**
 * What stands for a row that was emitted: its time to the second, by which these texts sort, and a hash of all of it.
 */
export function seenEntry(seconds: number | undefined, hash: string): string {
  return (seconds === undefined ? TIMELESS : timePrefix(seconds)) + hash;
}

function timePrefix(seconds: number): string {
  return Math.max(0, Math.floor(seconds)).toString(36).padStart(TIME_DIGITS, "0");
}

/** Remembers which rows have been emitted, within bounds, so that reading them again does not emit them again. */
export interface Seen {
  has(entry: string): boolean;
  /** `comesAgain`: whether a later pass can meet the row again. Others are only remembered within this pass. */
  add(entry: string, comesAgain: boolean): void;
  /** What a state carries while a pass is under way: the newest, at most MOST_SEEN, sorted. */
  list(): string[];
  /** Ends a pass: forgets every row before `seconds`, and returns what the state carries from then on. */
  settle(seconds: number): string[];
}

/** `initial` is what an earlier state carried. */
export function createSeen(initial: readonly string[]): Seen {
  let earlier = new Set(initial);
  let again = new Set<string>();
  let passing = new Set<string>();
  let passingLimit = MOST_SEEN;

  const newest = (entries: Iterable<string>) => [...new Set(entries)].sort().slice(-MOST_SEEN);
  const all = function* () {
    yield* earlier;
    yield* again;
    yield* passing;
  };

  return {
    has: (entry) => earlier.has(entry) || again.has(entry) || passing.has(entry),
    add(entry, comesAgain) {
      if (comesAgain) {
        again.add(entry);
        if (again.size >= 2 * MOST_SEEN) again = new Set(newest(again));
        return;
      }
      passing.add(entry);
      if (passing.size <= passingLimit) return;
      // A pass this large could not be remembered whole: from here on its states stay small.
      passingLimit = LATEST_ROWS;
      passing = new Set([...passing].slice(-LATEST_ROWS / 2));
    },
    list: () => newest(all()),
    settle(seconds) {
      const from = timePrefix(seconds);
      const kept = newest(all()).filter((entry) => entry.slice(0, TIME_DIGITS) >= from);
      earlier = new Set(kept);
      again = new Set();
      passing = new Set();
      passingLimit = MOST_SEEN;
      return kept;
    },
  };
}
