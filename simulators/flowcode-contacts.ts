import type { Json } from "./json.js";

/** A row of the list: one person, with the times of the first and the last conversion. */
export interface ContactRow {
  readonly user: Json;
  readonly firstConvertedAt?: string;
  readonly lastConvertedAt?: string;
  readonly [other: string]: unknown;
}

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

/** A row with its place in the order. */
interface Placed {
  readonly row: ContactRow;
  readonly sort: string;
  readonly id: number;
}

const DEFAULT_PAGE = 100;

/** The workspace's contacts. Cursors hold the last row's place in the order, so that new rows shift nothing. */
export function createContactList(
  initial: readonly ContactRow[],
  options: { readonly pageSize?: number; readonly hasNextPage?: "proto" | "explicit" | "never" },
): ContactList {
  const rows: ContactRow[] = [];
  const orders = new Map<ListRequest["orderBy"], Placed[]>();

  const places = new Map<unknown, number>();

  const add = (more: readonly ContactRow[]): void => {
    for (const row of more) {
      // A person who converts again keeps the row, by the email as it was typed.
      const { email } = row.user;
      const place = email === undefined ? undefined : places.get(email);
      if (place !== undefined) rows[place] = row;
      else {
        if (email !== undefined) places.set(email, rows.length);
        rows.push(row);
      }
    }
    orders.clear();
  };
  const ordered = (orderBy: ListRequest["orderBy"]): Placed[] => {
    let placed = orders.get(orderBy);
    if (!placed) {
      const sortOf = (row: ContactRow) =>
        String((orderBy === "name" ? row.user.name : row.lastConvertedAt) ?? "");
      placed = rows.map((row, id) => ({ row, sort: sortOf(row), id })).sort(byPlace);
      orders.set(orderBy, placed);
    }
    return placed;
  };
  add(initial);

  return {
    rows,
    add,
    page({ startMs, after, first, orderBy, descending }) {
      const from = after === undefined ? undefined : readCursor(after);
      if (after !== undefined && !from) return undefined;
      const size = first ?? options.pageSize ?? DEFAULT_PAGE;
      const direction = descending ? -1 : 1;
      const all = descending ? ordered(orderBy).toReversed() : ordered(orderBy);
      const isWanted = (place: Placed) =>
        (from === undefined || byPlace(place, from) * direction > 0) &&
        (startMs === undefined || Date.parse(String(place.row.lastConvertedAt)) >= startMs);
      const start = from === undefined ? 0 : firstIndex(all, (place) => byPlace(place, from) * direction > 0);
      const found: Placed[] = [];
      for (let index = start; index < all.length && found.length <= size; index += 1) {
        if (isWanted(all[index] as Placed)) found.push(all[index] as Placed);
      }
      const page = found.slice(0, size);
      const last = page.at(-1);
      const more = found.length > size;
      const next = options.hasNextPage ?? "proto";
      // ProtoJSON leaves out empty lists, empty texts and false.
      return {
        ...(page.length > 0 && { conversions: page.map(({ row }) => withoutDefaults(row)) }),
        pageInfo: {
          ...(last && { endCursor: writeCursor(last) }),
          ...((next === "explicit" || (next === "proto" && more)) && { hasNextPage: more }),
        },
      };
    },
  };
}

function byPlace(
  a: { readonly sort: string; readonly id: number },
  b: { readonly sort: string; readonly id: number },
) {
  return a.sort < b.sort ? -1 : a.sort > b.sort ? 1 : a.id - b.id;
}

/** The index of the first element that passes, in a list where all behind it pass too. */
function firstIndex<T>(list: readonly T[], passes: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function writeCursor({ sort, id }: Placed): string {
  return Buffer.from(JSON.stringify([sort, id])).toString("base64url");
}

function readCursor(cursor: string): { sort: string; id: number } | undefined {
  try {
    const [sort, id] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as [unknown, unknown];
    return typeof sort === "string" && typeof id === "number" ? { sort, id } : undefined;
  } catch {
    return undefined;
  }
}

function withoutDefaults(row: ContactRow): Json {
  const user = Object.fromEntries(Object.entries(row.user).filter(([, value]) => value !== ""));
  return { ...row, user };
}
