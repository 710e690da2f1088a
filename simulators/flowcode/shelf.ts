import type { ContactRow } from "./row.js";

/** A row's place in an order. */
export interface Place {
  readonly sort: string;
  readonly id: number;
}

/** Rows in an order. They are made as they are asked for where there are too many to be held. */
export interface Shelf {
  readonly length: number;
  place(index: number): Place;
  row(index: number): ContactRow;
  /** In ms since 1970; NaN where the row has none. */
  time(index: number, which: "first" | "last"): number;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : a.id - b.id;
}

/** Rows that are held, by a text of theirs, and where it is equal, as they came. */
export function sortedShelf(rows: readonly ContactRow[], textOf: (row: ContactRow) => string): Shelf {
  const placed = rows
    .map((row, id) => ({
      row,
      sort: textOf(row),
      id,
      first: Date.parse(String(row.firstConvertedAt)),
      last: Date.parse(String(row.lastConvertedAt)),
    }))
    .sort(comparePlaces);
  const at = (index: number) => placed[index] as (typeof placed)[number];
  return {
    length: placed.length,
    place: at,
    row: (index) => at(index).row,
    time: (index, which) => at(index)[which],
  };
}

export interface Crowd {
  readonly count: number;
  /** The latest conversion, in ms since 1970. */
  readonly endMs: number;
  /** The time between one conversion and the next. Default: a second. */
  readonly stepMs?: number;
}

/** So far apart are the times of neighbours in the order by name, which is not the order by time. */
const STRIDE = 7919;

/** People who are alike but for their numbers, none of whom is held in memory. They stand before everybody else. */
export function crowdShelf({ count, endMs, stepMs = 1000 }: Crowd): Shelf {
  const last = (index: number) => endMs - ((index * STRIDE) % count) * stepMs;
  return {
    length: count,
    // No text of a held row is smaller.
    place: (index) => ({ sort: "", id: index - count }),
    time: (index) => last(index),
    row: (index) => {
      const number = String(index).padStart(8, "0");
      const time = new Date(last(index)).toISOString();
      return {
        user: { email: `person${number}@example.com`, name: `Person ${number}`, "Shirt Size": "M" },
        firstConvertedAt: time,
        lastConvertedAt: time,
        flowId: `flow-${index % 3}`,
      };
    },
  };
}

/** One shelf behind the other. */
export function joinShelves(front: Shelf, back: Shelf): Shelf {
  const pick = <T>(index: number, read: (shelf: Shelf, index: number) => T): T =>
    index < front.length ? read(front, index) : read(back, index - front.length);
  return {
    length: front.length + back.length,
    place: (index) => pick(index, (shelf, at) => shelf.place(at)),
    row: (index) => pick(index, (shelf, at) => shelf.row(at)),
    time: (index, which) => pick(index, (shelf, at) => shelf.time(at, which)),
  };
}
