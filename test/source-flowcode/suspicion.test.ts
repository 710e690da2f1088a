import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { ProtocolError, TransientError } from "../../connector/errors.js";
import {
  configured,
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

const OLD = "2026-01-01T00:00:00Z";
const NOW = Date.parse("2026-03-01T12:00:00Z");

/** Three pages of ten; `lie` answers in place of the second, so often. */
async function run(
  lie: (page: Row, response: ServerResponse) => unknown,
  times = Number.POSITIVE_INFINITY,
  settings: Row = {},
) {
  standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
  let left = times;
  standIn.intervene = (ask, response) => {
    if (!ask.path.endsWith("ListContacts") || ask.body.pagination.after !== "10" || left <= 0) return false;
    left -= 1;
    const answer = lie(pageOf(standIn, ask.body), response);
    return answer === undefined || json(response, 200, answer);
  };
  return read(settingsFor(standIn, { advanced: { max_attempts: 3 }, ...settings }), { now: () => NOW });
}

describe("what looks odd has one outcome, and is counted at the end of the run", () => {
  const cut = (page: Row, response: ServerResponse) => {
    const text = JSON.stringify(page);
    response.writeHead(200, { "content-length": text.length });
    response.write(text.slice(0, 300), () => response.destroy());
  };
  const short = (page: Row, response: ServerResponse) =>
    void response.end(JSON.stringify(page).slice(0, -30));
  const html = (_page: Row, response: ServerResponse) => void response.end("<html>");
  const nothing = (_page: Row, response: ServerResponse) => void response.destroy();

  it.each<[string, (page: Row, response: ServerResponse) => unknown, number, unknown, number, string]>([
    [
      "a repeated cursor fails the stream",
      (page) => ({ ...page, pageInfo: { hasNextPage: true, endCursor: "10" } }),
      9,
      ProtocolError,
      20,
      "1 repeated page cursor was ignored",
    ],
    [
      "hasNextPage without a cursor fails the stream",
      (page) => ({ ...page, pageInfo: { hasNextPage: true } }),
      9,
      ProtocolError,
      20,
      "1 page announced another without",
    ],
    ["a 200 that is not JSON is asked for again", html, 2, undefined, 30, "2 answers of 200 were no list"],
    ["a 200 that stays without JSON fails", html, 9, ProtocolError, 10, "3 answers of 200 were no list"],
    [
      "a page that ends in the middle is asked for again",
      short,
      1,
      undefined,
      30,
      "1 answer ended in the middle",
    ],
    [
      "a page that always ends in the middle fails",
      short,
      9,
      ProtocolError,
      10,
      "3 answers ended in the middle",
    ],
    [
      "a page whose connection is cut is asked for again",
      cut,
      2,
      undefined,
      30,
      "2 answers ended in the middle",
    ],
    ["a page that is always cut fails", cut, 9, TransientError, 10, "3 answers ended in the middle"],
    ["a request without an answer is made again", nothing, 1, undefined, 30, "1 request got no answer"],
    [
      "an error under 200 is asked for again",
      () => ({ code: "internal" }),
      1,
      undefined,
      30,
      "1 answer of 200 was no list",
    ],
    [
      "rows without any answer are left out",
      (page) => ({
        ...page,
        conversions: [...(page.conversions as Row[]), { user: {} }, { user: { name: " " } }],
      }),
      1,
      undefined,
      30,
      "2 anonymous conversions",
    ],
  ])("%s", async (_name, lie, times, kind, emitted, counted) => {
    const { error, emails, lines } = await run(lie, times);
    if (kind === undefined) expect(error).toBeUndefined();
    else expect(error).toBeInstanceOf(kind);
    expect(emails).toHaveLength(emitted);
    expect(
      lines.filter((line) => /^(info|warn) /.test(line) && line.slice(5).startsWith(counted)),
    ).toHaveLength(1);
  });

  it("a filter that is passed over: what lies before it is left out, with one warning", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30, OLD), pageSize: 10 });
    standIn.intervene = ({ body, path }, response) =>
      path.endsWith("ListContacts") && json(response, 200, pageOf(standIn, { pagination: body.pagination }));
    const settings = settingsFor(standIn, { start_date: "2026-02-01T00:00:00Z" });
    const { error, emails, lines, state } = await read(settings, { now: () => NOW });
    expect(error).toBeUndefined();
    expect(emails).toEqual([]);
    expect(state).toMatchObject({ since: "2026-03-01T11:00:00Z" });
    expect(lines.filter((line) => line.startsWith("warn Flowcode ignores the date filter"))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(
      /^info 30 contacts were left out because they converted before.*; 3 pages held only contacts from before/,
    );
  });

  it("a cursor that comes again where nothing is announced is the end of the list, and counted", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 20), pageSize: 10, hasNextPage: "never" });
    standIn.intervene = ({ body, path }, response) =>
      path.endsWith("ListContacts") &&
      body.pagination.after === "10" &&
      json(response, 200, { ...pageOf(standIn, body), pageInfo: { endCursor: "10" } });
    const { error, emails, lines } = await read(settingsFor(standIn));
    expect(error).toBeUndefined();
    expect(emails).toHaveLength(20);
    expect(lines.at(-1)).toContain("1 repeated page cursor was ignored");
  });
});

describe("a field that changes its type", () => {
  const values = ["12", 9, null, true, 10];
  const rows = values.map((age, n) => row(n, OLD, { age, size: n }));

  it.each([
    ["where the catalog says nothing", {}, "it had before"],
    [
      "where the catalog lists it",
      { properties: { age: { type: ["null", "string"] } }, additionalProperties: true },
      "the catalog says",
    ],
  ])("is emitted, warned of once and counted %s", async (_name, jsonSchema, words) => {
    standIn = await startStandIn({ rows });
    const { messages, lines } = await read(settingsFor(standIn), { streams: [configured({ jsonSchema })] });
    const ages = messages.flatMap((message) =>
      message.kind === "record" ? [(message.data as { age: unknown }).age] : [],
    );
    expect(ages).toEqual(values);
    expect(
      lines.filter((line) => line.includes(`"age" holds values of another type than ${words}`)),
    ).toHaveLength(1);
    expect(lines.at(-1)).toContain("1 field holds values of another type");
    expect(lines.join()).not.toContain('"size" holds');
  });

  it("from a whole number to a fraction has not changed", async () => {
    standIn = await startStandIn({ rows: [row(1, OLD, { n: 1 }), row(2, OLD, { n: 1.5 })] });
    expect((await read(settingsFor(standIn))).lines.join()).not.toContain("another type");
  });
});

describe("a log-in that answers 200 with somebody else's page", () => {
  it.each([
    [1, undefined, 5],
    [9, ProtocolError, 0],
  ])(
    "is asked again (%i times), and fails with its address where that does not help",
    async (times, kind, emitted) => {
      standIn = await startStandIn({ rows: rowsFrom(0, 5) });
      let left = times;
      standIn.intervene = ({ path }, response) => {
        if (path.endsWith("ListContacts") || left <= 0) return false;
        left -= 1;
        response.end("<html>");
        return true;
      };
      const { error, emails } = await read(settingsFor(standIn));
      expect(emails).toHaveLength(emitted);
      if (kind === undefined) expect(error).toBeUndefined();
      else
        expect(error).toEqual(
          expect.objectContaining({ message: expect.stringContaining("advanced.auth_base_url") }),
        );
    },
  );
});
