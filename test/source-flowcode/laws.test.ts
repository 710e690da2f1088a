import { afterEach, describe, expect, it } from "vitest";
import {
  DEEP,
  json,
  pageOf,
  type Row,
  read,
  row,
  rowsFrom,
  type StandIn,
  settingsFor,
  startStandIn,
} from "./stand-in.js";

let standIn: StandIn;
afterEach(() => standIn.close());

const START = Date.parse("2026-03-01T12:00:00Z");
const HOUR = 3_600_000;
const OLD = "2026-01-01T00:00:00Z";
const times = { firstConvertedAt: OLD, lastConvertedAt: OLD };
const someone = (answers: unknown): Row => ({
  user: { email: "odd@example.com", ...(answers as Row) },
  ...times,
});
/** As JSON.parse makes it: a field that is called __proto__ is one. */
const parsed = (text: string): Row => JSON.parse(text);

/** Rows that are nobody, or cannot be read; how many records come of each. */
const ODD_ROWS: [string, unknown, number][] = [
  ["null", null, 0],
  ["a number", 7, 0],
  ["a text", "row", 0],
  ["a list", [row(1)], 0],
  ["an empty row", {}, 0],
  ["a row without a user", times, 0],
  ["a row whose user is null", { user: null, ...times }, 0],
  ["a row whose user is a text", { user: "odd@example.com", ...times }, 0],
  ["a row whose user is a list", { user: [{ email: "odd@example.com" }], ...times }, 0],
  ["a row whose user holds no answer", { user: { email: "", name: null, tags: [] }, ...times }, 0],
  ["a row without times", { user: { email: "odd@example.com" } }, 1],
  ["times that are no texts", { ...someone({}), firstConvertedAt: 7, lastConvertedAt: { seconds: 7 } }, 1],
  ["times that are no times", { ...someone({}), lastConvertedAt: "soon" }, 1],
  ["a time beyond all others", { ...someone({}), lastConvertedAt: "9999-12-31T23:59:59.999999999Z" }, 1],
  ["a time before 1970", { ...someone({}), lastConvertedAt: "0001-01-01T00:00:00Z" }, 1],
  ["an email under another name", { user: { "Work Email": "odd@example.com" }, ...times }, 1],
  ["an email that is an object", someone({ email: { a: 1 } }), 1],
  ["an email that is a number", someone({ email: 7 }), 1],
  ["an email of a megabyte", someone({ email: "x".repeat(1_000_000) }), 1],
  ["a phone that is a list", { user: { phone: ["+1"] }, ...times }, 1],
  ["half a surrogate pair in values and names", someone({ name: "\ud83d", "\udc00": "x" }), 1],
  ["NUL in values and names", someone({ name: "a\u0000b", "\u0000": "x" }), 1],
  ["names that objects inherit", someone({ constructor: 1, toString: "x", hasOwnProperty: null }), 1],
  ["a name that is empty", someone({ "": "x" }), 1],
  ["__proto__", parsed('{"user":{"email":"odd@example.com","__proto__":{"a":1}},"__proto__":7}'), 1],
  ["nesting of 5,000 levels in an answer", someone({ deep: DEEP }), 1],
  ["nesting of 5,000 levels in the row", { ...someone({}), deep: DEEP }, 1],
  ["whole numbers beyond 2^53", someone({ id: 2 ** 70, n: -(2 ** 63) }), 1],
  ["a text of a megabyte", someone({ text: "x".repeat(1_000_000) }), 1],
  ["ten thousand fields", someone(Object.fromEntries(rowsFrom(0, 10_000).map((_row, n) => [`f${n}`, n]))), 1],
  ["fields called like the row's", someone({ contact_key: "x", lastConvertedAt: "y", user: "z" }), 1],
];

describe("one odd row, first in the order among a thousand good ones", () => {
  it.each(ODD_ROWS)(
    "%s: the thousand are emitted, states come, and in the next run too",
    async (_name, odd, records) => {
      standIn = await startStandIn({ rows: [odd as Row, ...rowsFrom(0, 1000)], pageSize: 400 });
      // The row comes back in every run.
      standIn.ignoresFilter = true;
      const settings = settingsFor(standIn);
      const first = await read(settings, { now: () => START });
      expect(first.error).toBeUndefined();
      expect(first.emails.filter((email) => /^p\d+@/.test(email))).toHaveLength(1000);
      expect(first.emails).toHaveLength(1000 + records);
      expect(first.messages.filter(({ kind }) => kind === "state")).toHaveLength(3);
      expect(first.statuses.at(-1)).toBe("COMPLETE");
      expect(first.told.inventory).toMatchObject({ read: 1000 + records });

      standIn.rows.push(row(5000, "2026-03-01T12:30:00Z"));
      const second = await read(settings, { state: first.state, now: () => START + HOUR });
      expect(second.error).toBeUndefined();
      expect(second.emails).toEqual(["p5000@example.com"]);
      expect(second.state).toMatchObject({ since: "2026-03-01T12:00:00Z", pass: null });
    },
  );
});

describe("a guess about Flowcode that is wrong", () => {
  const pages = (change: (page: Row, after: string | undefined) => Row) => {
    standIn.intervene = ({ path, body }, response) =>
      path.endsWith("ListContacts") &&
      json(response, 200, change(pageOf(standIn, body), body.pagination.after));
  };
  const info = (page: Row) => page.pageInfo as { endCursor?: string; hasNextPage?: boolean };

  it.each<[string, (page: Row, after: string | undefined) => Row]>([
    ["hasNextPage is never sent", (page) => ({ ...page, pageInfo: { endCursor: info(page).endCursor } })],
    [
      "hasNextPage is false on the last page, and sent",
      (page) => ({ ...page, pageInfo: { hasNextPage: false, ...info(page) } }),
    ],
    [
      "the last page has a cursor that came before",
      (page, after) => (info(page).hasNextPage ? page : { ...page, pageInfo: { endCursor: after } }),
    ],
    [
      "cursors are numbers",
      (page) => ({ ...page, pageInfo: { ...info(page), endCursor: Number(info(page).endCursor) } }),
    ],
    [
      "names stand in snake_case",
      ({ pageInfo, ...page }) => ({
        ...page,
        page_info: {
          end_cursor: info({ pageInfo }).endCursor,
          has_next_page: info({ pageInfo }).hasNextPage ?? false,
        },
      }),
    ],
    ["an empty list is null", (page) => ({ ...page, conversions: page.conversions ?? null })],
    [
      "the order is another",
      (page) => ({ ...page, conversions: ((page.conversions ?? []) as Row[]).toReversed() }),
    ],
    [
      "rows hold no times",
      (page) => ({ ...page, conversions: ((page.conversions ?? []) as Row[]).map(({ user }) => ({ user })) }),
    ],
    [
      "rows hold the first conversion's time alone",
      (page) => ({
        ...page,
        conversions: ((page.conversions ?? []) as Row[]).map(({ lastConvertedAt: _last, ...one }) => one),
      }),
    ],
    ["there is more in the answer", (page) => ({ ...page, total: "1000", errors: null, code: 0 })],
  ])("%s: everybody is emitted once, in both runs together", async (_name, change) => {
    standIn = await startStandIn({ rows: rowsFrom(0, 1000), pageSize: 300 });
    pages(change);
    const settings = settingsFor(standIn);
    const first = await read(settings, { now: () => START });
    expect(first.error).toBeUndefined();
    expect(new Set(first.emails).size).toBe(1000);
    expect(first.emails).toHaveLength(1000);
    const second = await read(settings, { state: first.state, now: () => START + HOUR });
    expect([second.error, second.emails]).toEqual([undefined, []]);
  });
});
