import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { ConfigError, ProtocolError, TransientError } from "../../../connector/errors.js";
import { WHOLE_PAGE_BYTES } from "../../../source-flowcode/flowcode/page.js";
import {
  json,
  pageOf,
  type Row,
  read,
  rowsFrom,
  type StandIn,
  settingsFor,
  startStandIn,
} from "../stand-in.js";

let standIn: StandIn;
afterEach(() => standIn.close());

const emailsOf = (rows: Row[]) => rows.map(({ user }) => (user as Row).email);
/** Intervenes in the requests for the page behind `after`. */
const at = (
  after: string | undefined,
  answer: (response: ServerResponse, number: number, page: Row) => boolean,
) => {
  let number = 0;
  standIn.intervene = ({ path, body }, response) => {
    if (!path.endsWith("ListContacts") || body.pagination.after !== after) return false;
    number += 1;
    return answer(response, number, pageOf(standIn, body));
  };
};

describe("a page that cannot be had at once", () => {
  it.each<[string, (response: ServerResponse, page: Row) => unknown]>([
    ["the service is not available", (response) => json(response, 503, { code: "unavailable" })],
    ["the service says when to come again", (response) => json(response, 503, {}, { "retry-after": "0" })],
    ["there are too many requests", (response) => json(response, 429, {}, { "retry-after": "0.2" })],
    ["the answer is not JSON", (response) => response.writeHead(200).end("<html>")],
    ["the answer is an error under 200", (response) => json(response, 200, { code: "internal" })],
    ["the answer ends in the middle", (response, page) => response.end(JSON.stringify(page).slice(0, -40))],
    ["the connection is cut before the answer", (response) => response.destroy()],
    [
      "the connection is cut within the answer",
      (response, page) => {
        const text = JSON.stringify(page);
        response.writeHead(200, { "content-length": text.length });
        response.write(text.slice(0, 100), () => response.destroy());
      },
    ],
  ])("is asked for again when %s", async (_name, answer) => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    at("10", (response, number, page) => number === 1 && answer(response, page) !== false);
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeUndefined();
    expect(run.emails).toEqual(emailsOf(rowsFrom(0, 30)));
    expect(standIn.lists()).toHaveLength(4);
  });

  it.each<[string, (response: ServerResponse) => unknown, unknown]>([
    ["stays without JSON", (response) => response.end("<html>"), ProtocolError],
    ["stays cut", (response) => response.destroy(), TransientError],
    [
      "asks to wait for longer than a run should",
      (response) => json(response, 429, {}, { "retry-after": "3600" }),
      TransientError,
    ],
    ["is denied", (response) => json(response, 403, { code: "permission_denied" }), ConfigError],
  ])("fails the stream, and is never an empty page, when it %s", async (_name, answer, kind) => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    at("10", (response) => answer(response) !== false);
    const run = await read(settingsFor(standIn, { advanced: { max_attempts: 2 } }));
    expect(run.error).toBeInstanceOf(kind);
    expect(run.emails).toHaveLength(10);
    expect(run.state).toMatchObject({ pass: { after: "10" } });
    expect(run.statuses.at(-1)).toBe("INCOMPLETE");
    expect(`${run.error}${run.lines.join()}`).not.toMatch(/@example\.com|Person|token-/);
  });

  it.each([
    ["the list", 429, "/ListContacts"],
    ["the list", 503, "/ListContacts"],
    ["the log-in", 429, "/api-token"],
    ["the log-in", 503, "/api-token"],
  ])(
    "%s that asks with %i to be left alone for hours ends the run at once, and says until when",
    async (_name, status, path) => {
      standIn = await startStandIn({ rows: rowsFrom(0, 30) });
      standIn.intervene = (ask, response) =>
        ask.path.endsWith(path) && json(response, status, {}, { "retry-after": "7200" });
      const run = await read(settingsFor(standIn, { advanced: { max_attempts: 6 } }));
      expect(run.error).toBeInstanceOf(TransientError);
      expect(String(run.error)).toMatch(/Flowcode .*before \d{4}-\d\d-\d\dT\d\d:\d\d:/);
      expect(standIn.asks.filter((ask) => ask.path.endsWith(path))).toHaveLength(1);
    },
  );

  it("gives up after a few restarts where every cursor is refused", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    at("10", (response) => json(response, 400, { code: "invalid_argument" }));
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeInstanceOf(TransientError);
    expect(run.emails).toHaveLength(10);
  });
});

describe("the page after the one that is emitted", () => {
  it("is asked for in advance, and no further", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50), pageSize: 10 });
    const run = await read(settingsFor(standIn), { until: ({ kind }) => kind === "record" });
    expect(run.emails).toHaveLength(1);
    expect(standIn.lists().length).toBeLessThanOrEqual(2);
  });

  it("troubles nobody when it fails after its reader has gone", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50), pageSize: 10 });
    at("10", (response) => json(response, 403, {}));
    const run = await read(settingsFor(standIn), { until: ({ kind }) => kind === "record" });
    expect(run.error).toBeUndefined();
    expect(run.emails).toHaveLength(1);
  });

  it("may fail without costing the page before it", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50), pageSize: 10 });
    at("10", (response) => json(response, 403, {}));
    const run = await read(settingsFor(standIn));
    expect(run.emails).toHaveLength(10);
    expect(run.state).toMatchObject({ pass: { after: "10" } });
  });
});

describe("a page that is too large to hold", () => {
  /** A thousand bytes a row. */
  const COUNT = Math.ceil((WHOLE_PAGE_BYTES * 1.3) / 1000);
  const large = () => {
    const padding = "x".repeat(1000);
    return rowsFrom(0, COUNT).map((row) => ({ ...row, user: { ...(row.user as Row), padding } }));
  };

  it("is emitted row by row, and its state comes when it is complete", async () => {
    standIn = await startStandIn({ rows: large(), pageSize: COUNT - 10 });
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeUndefined();
    expect(run.emails).toEqual(emailsOf(standIn.rows));
    const states = run.messages.filter((message) => message.kind === "state");
    expect(states.map(({ recordCount }) => recordCount)).toEqual([COUNT - 10, 10]);
  });

  it("is asked for again when it breaks, and nothing is emitted twice although the list has moved", async () => {
    standIn = await startStandIn({ rows: large(), pageSize: 2 * COUNT });
    at(undefined, (response, number, page) => {
      const text = JSON.stringify(page);
      if (number > 2) return false;
      response.writeHead(200);
      response.write(text.slice(0, text.length * 0.4 * number + WHOLE_PAGE_BYTES / 8), () => {
        standIn.rows = standIn.rows.slice(1).concat(rowsFrom(COUNT + number, COUNT + number + 1));
        response.destroy();
      });
      return true;
    });
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeUndefined();
    expect(new Set(run.emails).size).toBe(run.emails.length);
    const emitted = new Set<unknown>(run.emails);
    expect(emailsOf(standIn.rows).filter((email) => !emitted.has(email))).toEqual([]);
  });

  it("fails the stream when it keeps breaking, with no state that covers it", async () => {
    standIn = await startStandIn({ rows: large(), pageSize: 2 * COUNT });
    at(undefined, (response, _number, page) => {
      const text = JSON.stringify(page);
      response.writeHead(200);
      response.write(text.slice(0, text.length * 0.9), () => response.destroy());
      return true;
    });
    const run = await read(settingsFor(standIn, { advanced: { max_attempts: 2 } }));
    expect(run.error).toBeInstanceOf(TransientError);
    expect(run.state).toBeUndefined();
    expect(run.statuses.at(-1)).toBe("INCOMPLETE");
  });

  it("can be left in the middle", async () => {
    standIn = await startStandIn({ rows: large(), pageSize: 2 * COUNT });
    const run = await read(settingsFor(standIn), { until: (_message, count) => count === 100 });
    expect(run.error).toBeUndefined();
    expect(run.messages).toHaveLength(100);
  });
});

describe("Flowcode's clock", () => {
  it("decides when it is behind this machine's", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 3) });
    at(undefined, (response, _number, page) =>
      json(response, 200, page, { date: "Sun, 01 Mar 2026 11:50:00 GMT" }),
    );
    const run = await read(settingsFor(standIn), { now: () => Date.parse("2026-03-01T12:00:00Z") });
    expect(run.state).toMatchObject({ full_at: "2026-03-01T11:50:00Z", since: "2026-03-01T10:50:00Z" });
    expect(run.lines.join()).toContain("10 minutes apart");
  });
});
