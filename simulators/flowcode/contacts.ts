import type { Json } from "../json.js";
import type { ContactRow } from "./row.js";
import {
  type Crowd,
  comparePlaces,
  crowdShelf,
  joinShelves,
  type Place,
  type Shelf,
  sortedShelf,
} from "./shelf.js";
import type { FlowcodeSwitches } from "./switches.js";

export interface ListRequest {
  /** Rows converted before this, in ms since 1970, are left out. */
  readonly startMs: number | undefined;
  /** The cursor of the page before. */
  readonly after: string | undefined;
  readonly first: number | undefined;
  readonly orderBy: "name" | "lastConvertedAt";
  readonly descending: boolean;
}

export interface ContactList {
  readonly rows: readonly ContactRow[];
  add(rows: readonly ContactRow[]): void;
  /** An answer of ListContacts; undefined where the cursor is none of this list's. */
  page(request: ListRequest): Json | undefined;
}

/**
 * The workspace's contacts. A keyset cursor holds the last row's place in the order, so that new rows shift nothing; an
 * offset counts the rows before.
 */
export function createContactList(
  initial: readonly ContactRow[],
  switches: FlowcodeSwitches,
  crowd?: Crowd,
): ContactList {
  const rows: ContactRow[] = [];
  const orders = new Map<ListRequest["orderBy"], Shelf>();
  const indexes = new Map<unknown, number>();

  const add = (more: readonly ContactRow[]): void => {
    for (const row of more) {
      // A person who converts again keeps the row, by the email as it was typed.
      const email = row.user?.email;
      const index = email === undefined ? undefined : indexes.get(email);
      if (index !== undefined) rows[index] = row;
      else {
        if (email !== undefined) indexes.set(email, rows.length);
        rows.push(row);
      }
    }
    orders.clear();
  };
  const ordered = (orderBy: ListRequest["orderBy"]): Shelf => {
    let shelf = orders.get(orderBy);
    if (!shelf) {
      shelf = sortedShelf(rows, (row) =>
        String((orderBy === "name" ? row.user?.name : row.lastConvertedAt) ?? ""),
      );
      if (crowd) shelf = joinShelves(crowdShelf(crowd), shelf);
      orders.set(orderBy, shelf);
    }
    return shelf;
  };
  add(initial);

  return {
    rows,
    add,
    page({ startMs, after, first, orderBy, descending }) {
      const from = after === undefined ? undefined : readCursor(after);
      if (after !== undefined && from === undefined) return undefined;
      const shelf = ordered(orderBy);
      const size = first ?? switches.pageSize;
      const found: number[] = [];
      let skipped = 0;
      for (let step = firstStep(shelf, from, descending); step < shelf.length; step += 1) {
        const index = descending ? shelf.length - 1 - step : step;
        if (startMs !== undefined && !passes(shelf, index, startMs, switches)) continue;
        if (typeof from === "number" && skipped < from) skipped += 1;
        else if (found.push(index) > size) break;
      }
      const page = found.slice(0, size);
      const last = page.at(-1);
      const cursor = switches.cursors === "offset" ? skipped + page.length : shelf.place(last ?? 0);
      const more = found.length > size;
      const saysMore = switches.hasNextPage === "explicit" || (switches.hasNextPage === "proto" && more);
      // ProtoJSON leaves out empty lists, empty texts and false.
      return {
        ...(page.length > 0 && { conversions: page.map((index) => asSent(shelf.row(index), switches)) }),
        pageInfo: {
          ...(last !== undefined && { endCursor: writeCursor(cursor) }),
          ...(saysMore && { hasNextPage: more }),
        },
      };
    },
  };
}

function passes(shelf: Shelf, index: number, startMs: number, switches: FlowcodeSwitches): boolean {
  const time = shelf.time(index, switches.filterTests);
  if (Number.isNaN(time)) return switches.rowsWithoutTime === "included";
  return switches.filterBound === "inclusive" ? time >= startMs : time > startMs;
}

/** How many rows from the beginning of the order are behind a keyset cursor for certain. */
function firstStep(shelf: Shelf, from: Place | number | undefined, descending: boolean): number {
  if (from === undefined || typeof from === "number") return 0;
  let low = 0;
  let high = shelf.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = comparePlaces(shelf.place(descending ? shelf.length - 1 - middle : middle), from);
    if (descending ? order < 0 : order > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

function writeCursor(cursor: Place | number): string {
  const held = typeof cursor === "number" ? cursor : [cursor.sort, cursor.id];
  return Buffer.from(JSON.stringify(held)).toString("base64url");
}

function readCursor(cursor: string): Place | number | undefined {
  try {
    const held: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (typeof held === "number") return held;
    const [sort, id] = held as [unknown, unknown];
    return typeof sort === "string" && typeof id === "number" ? { sort, id } : undefined;
  } catch {
    return undefined;
  }
}

function asSent(row: ContactRow, { timestamps, userOfAnonymous }: FlowcodeSwitches): Json {
  const { user = {}, firstConvertedAt, lastConvertedAt, ...more } = row;
  const answers = Object.fromEntries(Object.entries(user).filter(([, value]) => value !== ""));
  const isAnonymous = Object.keys(answers).length === 0;
  const has = (which: "first" | "last") => timestamps === "both" || timestamps === which;
  return {
    ...(!(isAnonymous && userOfAnonymous === "absent") && { user: answers }),
    ...(has("first") && firstConvertedAt !== undefined && { firstConvertedAt }),
    ...(has("last") && lastConvertedAt !== undefined && { lastConvertedAt }),
    ...more,
  };
}
