/** The most rows, and the most people, that a state carries. */
export const MOST_SEEN = 10_000;
/** How many of a large pass's latest rows are remembered: an insertion may push them onto the next page again. */
const LATEST_ROWS = 500;
const HOUR_SECONDS = 3600;
/** A row without a time may come again at any time, and so stands behind every hour. */
const TIMELESS = Number.POSITIVE_INFINITY;

/** Characters (six bits each) of the hash of a row, and of the hash of whose row it is. */
export const HASH_CHARACTERS = 6;
const ENTRY_CHARACTERS = 2 * HASH_CHARACTERS;
/** Stands for the second in what a state of version 1 remembers, which did not know it. */
const UNKNOWN_KEY = ".".repeat(HASH_CHARACTERS);

/**
 * What a state remembers, in as few bytes as it can be: 12 for a row, 6 for a person, so 10,000 rows of one month take
 * 130 kB and the usual workspace a tenth of that. Two rows of 72 equal bits, or of two people with 36, are taken for one:
 * for a new person among 10,000 that is one chance in seven million.
 */
export interface SeenState {
  /** Of each row that can come again, the hash of all of it and the hash of its key; the earliest hour first. */
  readonly rows: string;
  /** Hours since 1970 and how many of the rows lie in each; null: rows without a time. */
  readonly hours: readonly (readonly [hour: number | null, rows: number])[];
  /** The hashes of the keys of everybody else who was met; null: there are too many, or they were not looked at yet. */
  readonly keys: string | null;
  /** Whether everybody who was ever met is in `rows` or `keys`. */
  readonly whole: boolean;
}

export const NOTHING_SEEN: SeenState = { rows: "", hours: [], keys: "", whole: true };

/** What version 1 remembered: each text a time of seven digits in base 36, and the hash of a row. */
export function fromVersion1(entries: readonly string[]): SeenState {
  const TIME_DIGITS = 7;
  const rows = new Map<string, number>();
  for (const entry of entries) {
    const time = entry.slice(0, TIME_DIGITS);
    const hash = entry.slice(TIME_DIGITS, TIME_DIGITS + HASH_CHARACTERS);
    const hour = /^z+$/.test(time) ? TIMELESS : hourOf(Number.parseInt(time, 36));
    if (hash.length === HASH_CHARACTERS && !Number.isNaN(hour)) rows.set(hash + UNKNOWN_KEY, hour);
  }
  return { ...packed(newest([rows])), keys: null, whole: false };
}

const hourOf = (seconds: number | undefined): number =>
  seconds === undefined ? TIMELESS : Math.floor(seconds / HOUR_SECONDS);

/** A row that was emitted: hashes of all of it and of its key, and its time in seconds since 1970, where it has one. */
export interface SeenRow {
  readonly hash: string;
  readonly key: string;
  readonly seconds: number | undefined;
}

/** Remembers which rows have been emitted, within bounds, so that reading them again does not emit them again. */
export interface Seen {
  has(row: SeenRow): boolean;
  /** `comesAgain`: whether a later pass can meet the row again. Others are only remembered within this pass. */
  add(row: SeenRow, comesAgain: boolean): void;
  /** Whether everybody who was ever met is known. */
  readonly whole: boolean;
  /** Whether somebody was met before; only to be relied on where all are known. */
  knows(key: string): boolean;
  /** Notes somebody whose row is not emitted now. */
  meet(key: string): void;
  /** Begins to note everybody anew, at the beginning of a pass over the whole list. */
  gather(): void;
  /** What a state carries while a pass is under way. */
  state(): SeenState;
  /**
   * Ends a pass, over the whole list or not: forgets every row before `seconds`, but not whose it was, and returns what
   * the state carries from then on.
   */
  settle(seconds: number, overAll: boolean): SeenState;
}

type Rows = Map<string, number>;

/** `initial` is what an earlier state carried. */
export function createSeen(initial: SeenState): Seen {
  let again = unpacked(initial);
  let passing: Rows = new Map();
  let passingLimit = MOST_SEEN;
  const hasUnknownKeys = initial.rows.includes(UNKNOWN_KEY);
  let whole = initial.whole;
  let keys: Set<string> | undefined;
  if (initial.keys !== null) {
    keys = new Set(pieces(initial.keys, HASH_CHARACTERS));
    for (const entry of again.keys()) keys.add(keyIn(entry));
  }

  const has = (entry: string) => again.has(entry) || passing.has(entry);
  const meet = (key: string) => {
    keys?.add(key);
    if (keys === undefined || keys.size <= MOST_SEEN) return;
    keys = undefined;
    whole = false;
  };
  const stateOf = (rows: Rows): SeenState => {
    if (keys === undefined) return { ...packed(rows), keys: null, whole };
    const others = new Set(keys);
    for (const entry of rows.keys()) others.delete(keyIn(entry));
    return { ...packed(rows), keys: [...others].join(""), whole };
  };

  return {
    get whole() {
      return whole;
    },
    has: ({ hash, key }) => has(hash + key) || (hasUnknownKeys && has(hash + UNKNOWN_KEY)),
    knows: (key) => keys?.has(key) ?? false,
    meet,
    add({ hash, key, seconds }, comesAgain) {
      meet(key);
      if (comesAgain) {
        again.set(hash + key, hourOf(seconds));
        if (again.size >= 2 * MOST_SEEN) again = newest([again]);
        return;
      }
      passing.set(hash + key, hourOf(seconds));
      if (passing.size <= passingLimit) return;
      // A pass this large could not be remembered whole: from here on its states stay small.
      passingLimit = LATEST_ROWS;
      passing = new Map([...passing].slice(-LATEST_ROWS / 2));
    },
    gather() {
      keys = new Set();
      whole = false;
    },
    state: () => stateOf(newest([again, passing])),
    settle(seconds, overAll) {
      const from = hourOf(seconds);
      again = newest([again, passing], from);
      passing = new Map();
      passingLimit = MOST_SEEN;
      // Who was noted by a pass that never came to its end are not all.
      if (!whole && !overAll) keys = undefined;
      whole = keys !== undefined;
      return stateOf(again);
    },
  };
}

const keyIn = (entry: string) => entry.slice(HASH_CHARACTERS);

/** The newest rows from an hour on, as many as a state carries, the earliest hour first. */
function newest(all: readonly Rows[], fromHour = Number.NEGATIVE_INFINITY): Rows {
  const byHour = new Map<number, string[]>();
  for (const rows of all) {
    for (const [entry, hour] of rows) {
      if (hour < fromHour) continue;
      const known = byHour.get(hour);
      if (known) known.push(entry);
      else byHour.set(hour, [entry]);
    }
  }
  const sorted = [...byHour].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.flatMap(([hour, some]) => some.map((entry) => [entry, hour] as const));
  return new Map(entries.slice(-MOST_SEEN));
}

/** `rows` as a state holds them; they are in the order of their hours. */
function packed(rows: Rows): Pick<SeenState, "rows" | "hours"> {
  const hours: [number | null, number][] = [];
  let last: number | undefined;
  for (const hour of rows.values()) {
    if (hour !== last) hours.push([hour === TIMELESS ? null : hour, 0]);
    (hours.at(-1) as [number | null, number])[1] += 1;
    last = hour;
  }
  return { rows: [...rows.keys()].join(""), hours };
}

function unpacked({ rows, hours }: SeenState): Rows {
  const entries = pieces(rows, ENTRY_CHARACTERS);
  const found: Rows = new Map();
  let at = 0;
  for (const [hour, count] of hours) {
    for (const entry of entries.slice(at, at + count)) found.set(entry, hour ?? TIMELESS);
    at += count;
  }
  return found;
}

function pieces(text: string, length: number): string[] {
  const found: string[] = [];
  for (let at = 0; at + length <= text.length; at += length) found.push(text.slice(at, at + length));
  return found;
}
