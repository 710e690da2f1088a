import { afterEach, describe, expect, test } from "vitest";
import type { ContactRow } from "../../../simulators/flowcode/row.js";
import type { FlowcodeOptions } from "../../../simulators/flowcode.js";
import { type Asked, startAsking } from "./asking.js";

let asked: Asked;
afterEach(() => asked.flowcode.close());

const row = (name: string, firstConvertedAt: string, lastConvertedAt: string): ContactRow => ({
  user: { email: `${name}@example.com`, name },
  firstConvertedAt,
  lastConvertedAt,
});
const DAYS = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"] as const;
const ROWS = [row("a", DAYS[0], DAYS[0]), row("b", DAYS[0], DAYS[1]), row("c", DAYS[1], DAYS[2])];
const start = async (options: FlowcodeOptions = {}, rows: readonly ContactRow[] = ROWS) => {
  asked = await startAsking(rows, options);
};
const since = (start_time: string) => ({ date_filter: { timezone: "Etc/UCT", start_time } });
const names = async (body: Record<string, unknown>) => {
  const { status, body: answer } = await asked.list(body);
  return status === 200
    ? (answer.conversions ?? []).map(({ user }: ContactRow) => user.name).join("")
    : answer.code;
};

describe("the date filter", () => {
  test.each([
    ["inside", "discarded", "bc", "abc"],
    ["top_level", "discarded", "abc", "bc"],
    ["nowhere", "discarded", "abc", "abc"],
    ["inside", "refused", "bc", "invalid_argument"],
    ["top_level", "refused", "invalid_argument", "bc"],
    ["nowhere", "refused", "invalid_argument", "invalid_argument"],
  ] as const)(
    "where it counts is %s and other keys are %s",
    async (filterPlace, unknownKeys, inside, top) => {
      await start({ filterPlace, unknownKeys });
      expect(await names({ filter: since(DAYS[1]) })).toBe(inside);
      expect(await names(since(DAYS[1]))).toBe(top);
    },
  );

  test("can be refused for a first page alone", async () => {
    await start({ filteredFirstPage: "refused", pageSize: 1 });
    expect(await names({ filter: since(DAYS[0]) })).toBe("invalid_argument");
    const { endCursor } = (await asked.list()).body.pageInfo;
    expect(await names({ filter: since(DAYS[0]), pagination: { after: endCursor } })).toBe("b");
  });

  test.each([
    ["last", "inclusive", "bc"],
    ["last", "exclusive", "c"],
    ["first", "inclusive", "c"],
    ["first", "exclusive", ""],
  ] as const)("tests the %s conversion, %s", async (filterTests, filterBound, found) => {
    await start({ filterTests, filterBound });
    expect(await names({ filter: since(DAYS[1]) })).toBe(found);
  });

  test.each([
    ["excluded", "c"],
    ["included", "cd"],
  ] as const)("rows without a time are %s", async (rowsWithoutTime, found) => {
    await start({ rowsWithoutTime }, [...ROWS, { user: { email: "d@example.com", name: "d" } }]);
    expect(await names({ filter: since(DAYS[2]) })).toBe(found);
  });
});

describe("pages", () => {
  const walk = async () => {
    const found: unknown[] = [];
    let after: string | undefined;
    for (let page = 0; page < 10; page += 1) {
      const { body } = await asked.list({ pagination: { ...(after && { after }) } });
      for (const { user } of body.conversions ?? []) found.push(user.name);
      after = body.pageInfo.endCursor;
      if (!body.pageInfo.hasNextPage) break;
      if (page === 0) asked.flowcode.add([row("A", DAYS[0], DAYS[0])]);
    }
    return found.join("");
  };

  test.each([
    ["keyset", "abc"],
    // The new row moves everybody by one place.
    ["offset", "aabc"],
  ] as const)("%s cursors, while somebody comes before the cursor", async (cursors, found) => {
    await start({ cursors, pageSize: 1 });
    expect(await walk()).toBe(found);
  });

  test.each([
    ["proto", undefined],
    ["explicit", false],
    ["never", undefined],
  ] as const)("a last page's hasNextPage, %s", async (hasNextPage, said) => {
    await start({ hasNextPage });
    expect((await asked.list()).body.pageInfo.hasNextPage).toBe(said);
  });

  test("a crowd of a million costs nothing until it is asked for, and is filtered like others", async () => {
    const endMs = Date.parse(DAYS[2]);
    await start({ crowd: { count: 1_000_000, endMs }, pageSize: 2000 });
    const first = (await asked.list()).body;
    expect(first.conversions).toHaveLength(2000);
    const { body } = await asked.list({ filter: since(new Date(endMs - 9000).toISOString()) });
    expect(body.conversions).toHaveLength(11);
    expect(body.pageInfo.hasNextPage).toBeUndefined();
    const next = (await asked.list({ pagination: { after: first.pageInfo.endCursor } })).body;
    expect(next.conversions[0].user.email).toBe("person00002000@example.com");
  });
});

describe("rows", () => {
  test.each([
    ["both", ["firstConvertedAt", "lastConvertedAt", "user"]],
    ["first", ["firstConvertedAt", "user"]],
    ["last", ["lastConvertedAt", "user"]],
    ["none", ["user"]],
  ] as const)("carry their times: %s", async (timestamps, keys) => {
    await start({ timestamps });
    expect(Object.keys((await asked.list()).body.conversions[0]).sort()).toEqual(keys);
  });

  test.each([
    ["empty", { user: {} }],
    ["absent", {}],
  ] as const)("of anonymous people have a user that is %s", async (userOfAnonymous, sent) => {
    await start({ userOfAnonymous }, [{ user: { email: "" } }]);
    expect((await asked.list()).body.conversions).toEqual([sent]);
  });
});

describe("switches", () => {
  test("are seen and set while it runs, and set back", async () => {
    await start();
    expect((await asked.flip({ filterPlace: "nowhere", pageSize: 2 })).body).toMatchObject({ pageSize: 2 });
    expect(await names({ filter: since(DAYS[2]) })).toBe("ab");
    await fetch(`${asked.flowcode.url}/__sim/switches`, { method: "DELETE" });
    expect(await names({ filter: since(DAYS[2]) })).toBe("c");
    asked.flowcode.switches.filterPlace = "top_level";
    expect(await names(since(DAYS[2]))).toBe("c");
  });

  test.each([
    [{ filterPlaces: "inside" }, "filterPlaces"],
    [{ filterPlace: "outside" }, "filterPlace"],
  ])("refuses %j", async (switches, named) => {
    await start();
    const answer = await asked.flip(switches);
    expect([answer.status, answer.body.problem]).toEqual([400, expect.stringContaining(named)]);
  });
});

test.each([
  ["seconds", null, "1"],
  ["seconds", 7200, "7200"],
  ["date", 86_400 * 60, "Sun, 03 Jan 2027 00:00:00 GMT"],
  ["none", null, null],
] as const)("a 429 says when to come back: %s, %s", async (retryAfter, retryAfterSeconds, header) => {
  const now = () => Date.parse("2026-11-04T00:00:00Z");
  await start({ now, requestsPerSecond: 1, retryAfter, retryAfterSeconds });
  await asked.exchange();
  const refused = await asked.post("/any", {});
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, header]);
});
