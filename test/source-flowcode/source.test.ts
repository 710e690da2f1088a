import { afterEach, describe, expect, it } from "vitest";
import { ConfigError, ProtocolError, TransientError } from "../../connector/errors.js";
import { source } from "../../source-flowcode/source.js";
import {
  configured,
  contextFor,
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
const START = Date.parse("2026-03-01T12:00:00Z");
/** A clock that the test moves; the server's own `Date` header is later than it. */
const clock = (ms: number) => () => ms;

describe("a first run", () => {
  it("emits every contact once, with a state after each page that covers it", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 250) });
    const run = await read(settingsFor(standIn), { now: clock(START) });
    expect(run.error).toBeUndefined();
    expect(run.emails).toEqual(rowsFrom(0, 250).map(({ user }) => (user as Row).email));
    expect(run.statuses).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
    const states = run.messages.filter((message) => message.kind === "state");
    expect(states.map(({ recordCount }) => recordCount)).toEqual([100, 100, 50]);
    expect(states.at(0)?.value).toMatchObject({
      version: 2,
      since: null,
      full_at: null,
      pass: {
        since: null,
        started_at: "2026-03-01T12:00:00Z",
        after: "100",
        order_by: "name",
        page_size: null,
        filtered: true,
      },
    });
    expect(states.at(-1)?.value).toMatchObject({
      since: "2026-03-01T11:00:00Z",
      full_at: "2026-03-01T12:00:00Z",
      seen: { rows: "", hours: [], whole: true },
      older: { before: "2026-03-01T11:00:00Z", count: 250 },
      pass: null,
    });
    expect(run.messages.at(-1)).toEqual({ kind: "status", stream: "contacts", status: "COMPLETE" });
  });

  it("asks as a public client asks", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 150) });
    const settings = settingsFor(standIn, { start_date: "2025-12-31T23:30:00.5+01:00" });
    await read(settings);
    expect(standIn.logIns().map(({ body }) => body)).toEqual([{ clientId: "id", secret: "top-secret" }]);
    expect(standIn.lists().map(({ body }) => body)).toEqual([
      {
        orgId: "org",
        workspaceId: "workspace",
        filter: { date_filter: { timezone: "Etc/UCT", start_time: "2025-12-31T22:30:00Z" } },
        pagination: { order: "ORDER_ASC", orderBy: "name" },
      },
      {
        orgId: "org",
        workspaceId: "workspace",
        filter: { date_filter: { timezone: "Etc/UCT", start_time: "2025-12-31T22:30:00Z" } },
        pagination: { order: "ORDER_ASC", orderBy: "name", after: "100" },
      },
    ]);
    expect(standIn.lists()[0]?.headers).toMatchObject({
      "content-type": "application/json",
      accept: "application/json",
      authorization: "Bearer token-1",
    });
  });

  it("sends a page size, an order and a key only where they are set", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 3) });
    const credentials = { auth_type: "api_key", api_key: "key" };
    await read(settingsFor(standIn, { credentials, advanced: { page_size: 2, contacts_order_by: "email" } }));
    expect(standIn.logIns()).toEqual([]);
    expect(standIn.lists()[0]?.headers.apikey).toBe("key");
    expect(standIn.lists()[0]?.headers.authorization).toBeUndefined();
    expect(standIn.lists()[0]?.body.pagination).toEqual({ order: "ORDER_ASC", orderBy: "email", first: 2 });
  });

  it("ends with a state where the workspace is empty", async () => {
    standIn = await startStandIn({ rows: [] });
    const run = await read(settingsFor(standIn));
    expect(run.statuses).toEqual(["STARTED", "COMPLETE"]);
    expect(run.messages.filter(({ kind }) => kind === "state")).toHaveLength(1);
  });

  it("counts anonymous conversions instead of emitting them", async () => {
    standIn = await startStandIn({ rows: [{ lastConvertedAt: OLD }, row(1), { user: { name: "" } }] });
    const run = await read(settingsFor(standIn));
    expect(run.emails).toEqual(["p1@example.com"]);
    expect(run.lines.join()).toContain("2 anonymous conversions without any answer were left out");
  });

  it("goes on without hasNextPage until a page is empty", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 250), hasNextPage: "never" });
    const run = await read(settingsFor(standIn));
    expect(run.emails).toHaveLength(250);
    expect(standIn.lists()).toHaveLength(4);
  });
});

describe("a later run", () => {
  it("emits what is new or changed, and not what it meets again in the overlap", async () => {
    const recent = "2026-03-01T11:30:00.123456789Z";
    standIn = await startStandIn({ rows: [...rowsFrom(0, 5, OLD), ...rowsFrom(5, 10, recent)] });
    const settings = settingsFor(standIn);
    const first = await read(settings, { now: clock(START) });
    expect(first.emails).toHaveLength(10);
    expect(first.state).toMatchObject({ seen: { hours: [[expect.any(Number), 5]] } });

    standIn.rows = [
      ...rowsFrom(0, 5, OLD),
      ...rowsFrom(5, 9, recent),
      row(9, recent, { size: "XL" }),
      row(10, "2026-03-01T12:10:00Z"),
    ];
    const second = await read(settings, { state: first.state, now: clock(START + 1_800_000) });
    expect(second.emails).toEqual(["p9@example.com", "p10@example.com"]);
    expect(standIn.lists().at(-1)?.body.filter.date_filter.start_time).toBe("2026-03-01T11:00:00Z");
    expect(second.state).toMatchObject({ since: "2026-03-01T11:30:00Z", full_at: "2026-03-01T12:00:00Z" });

    const third = await read(settings, { state: second.state, now: clock(START + 1_900_000) });
    expect(third.emails).toEqual([]);
    expect(third.statuses).toEqual(["STARTED", "COMPLETE"]);
  });

  it("looks at every contact when a full pass is due, and emits only what the filter had missed", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 10, OLD) });
    const settings = settingsFor(standIn, { full_pass_days: 7 });
    const first = await read(settings, { now: clock(START) });
    standIn.rows.push(row(10, "2026-03-02T00:00:00Z"));
    const second = await read(settings, { state: first.state, now: clock(START + 86_400_000) });
    expect(second.emails).toEqual(["p10@example.com"]);

    standIn.rows.push(row(11, "2026-03-01T13:00:00Z"));
    const third = await read(settings, { state: second.state, now: clock(START + 2 * 86_400_000) });
    expect(third.emails).toEqual([]);
    const fourth = await read(settings, { state: third.state, now: clock(START + 8 * 86_400_000) });
    expect(standIn.lists().at(-1)?.body.filter).toBeUndefined();
    expect(fourth.emails).toEqual(["p11@example.com"]);
    expect(fourth.state).toMatchObject({ full_at: "2026-03-09T12:00:00Z", since: "2026-03-09T11:00:00Z" });
  });

  it("starts over, with a warning, where the state belongs to another workspace", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 10, OLD) });
    const first = await read(settingsFor(standIn), { now: clock(START) });
    const other = settingsFor(standIn, { workspace_id: "other" });
    const run = await read(other, { state: first.state, now: clock(START) });
    expect(run.emails).toHaveLength(10);
    expect(run.lines.join()).toContain("warn the state belongs to another");
  });

  it("emits everything in full_refresh, and leaves a state that an incremental run goes on from", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 10, "2026-03-01T11:59:00Z") });
    const settings = settingsFor(standIn);
    const first = await read(settings, { now: clock(START) });
    const again = await read(settings, {
      state: first.state,
      streams: [configured({ syncMode: "full_refresh" })],
      now: clock(START),
    });
    expect(again.emails).toHaveLength(10);
    const next = await read(settings, { state: again.state, now: clock(START) });
    expect(next.emails).toEqual([]);
  });

  it.each([
    ["a foreign state", { cursor: "2026" }, "version"],
    ["a state of a later version", { version: 3, scope: "s" }, "version"],
    ["a broken pass", { version: 1, scope: "s", pass: { after: "" } }, "pass.since"],
    ["a text", "2026-01-01", "it"],
  ])("refuses %s", async (_name, state, place) => {
    standIn = await startStandIn({ rows: rowsFrom(0, 1) });
    const run = await read(settingsFor(standIn), { state });
    expect(run.error).toBeInstanceOf(ConfigError);
    expect(String(run.error)).toContain(place);
    expect(run.statuses.at(-1)).toBe("INCOMPLETE");
  });
});

describe("a run that was interrupted", () => {
  const interrupted = async (settings: ReturnType<typeof settingsFor>, states: number) => {
    let count = 0;
    const until = ({ kind }: { kind: string }) => kind === "state" && ++count === states;
    return read(settings, { until, now: clock(START) });
  };

  it("goes on behind the last page with its own request, and then makes a fresh pass", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 100), pageSize: 10 });
    const settings = settingsFor(standIn);
    const first = await interrupted(settings, 9);
    expect(first.emails).toHaveLength(90);
    const before = standIn.lists().length;
    const second = await read(settings, { state: first.state, now: clock(START + 60_000) });
    expect(second.emails).toHaveLength(10);
    const asked = standIn.lists().slice(before);
    expect(asked[0]?.body.pagination.after).toBe("90");
    expect(asked[0]?.body.filter).toBeUndefined();
    expect(asked.at(-1)?.body.filter.date_filter.start_time).toBe("2026-03-01T11:00:00Z");
    expect(second.state).toMatchObject({ since: "2026-03-01T11:01:00Z", full_at: "2026-03-01T12:00:00Z" });
  });

  it("does not emit again a contact that an insertion has pushed onto the next page", async () => {
    standIn = await startStandIn({ rows: rowsFrom(10, 50), pageSize: 10 });
    const settings = settingsFor(standIn);
    const first = await interrupted(settings, 2);
    standIn.rows.push(row(1, "2026-03-01T12:00:30Z"));
    const second = await read(settings, { state: first.state, now: clock(START + 60_000) });
    const all = [...first.emails, ...second.emails];
    expect(new Set(all).size).toBe(41);
    expect(all).toHaveLength(41);
  });

  it.each([
    [400, { code: "invalid_argument" }],
    [404, { code: "not_found" }],
    [400, { code: "out_of_range" }],
    [410, {}],
  ])("starts the pass over where the cursor is refused with %s %o", async (status, body) => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50), pageSize: 10 });
    const settings = settingsFor(standIn);
    const first = await interrupted(settings, 2);
    let refused = 0;
    standIn.intervene = (ask, response) =>
      ask.body.pagination?.after === "20" && refused++ === 0 && json(response, status, body);
    const second = await read(settings, { state: first.state, now: clock(START + 60_000) });
    expect(second.error).toBeUndefined();
    expect([...first.emails, ...second.emails].sort()).toEqual(
      rowsFrom(0, 50)
        .map(({ user }) => (user as Row).email as string)
        .sort(),
    );
    expect(second.lines.join()).toContain("The pass starts over");
    expect(second.state).toMatchObject({ full_at: "2026-03-01T12:01:00Z", pass: null });
  });

  it("starts the pass over where the order of the pages was changed", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50), pageSize: 10 });
    const first = await interrupted(settingsFor(standIn), 2);
    const before = standIn.lists().length;
    const run = await read(settingsFor(standIn, { advanced: { page_size: 7 } }), { state: first.state });
    expect(standIn.lists()[before]?.body.pagination.after).toBeUndefined();
    expect(run.lines.join()).toContain("its pass starts over");
    expect([...first.emails, ...run.emails]).toHaveLength(50);
  });

  it("ends soon when it is told to stop, with the state of its last page", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50), pageSize: 10 });
    const stop = new AbortController();
    const held: unknown[] = [];
    standIn.intervene = (ask, response) => {
      if (ask.body.pagination?.after !== "30") return false;
      held.push(response);
      stop.abort(new Error("stopped by SIGTERM"));
      return true;
    };
    const run = await read(settingsFor(standIn), { signal: stop.signal });
    expect(run.error).toBeUndefined();
    expect(run.emails).toHaveLength(30);
    expect(run.statuses.at(-1)).toBe("INCOMPLETE");
    expect(run.state).toMatchObject({ pass: { after: "30" } });
  });
});

describe("a stream that fails", () => {
  it("lets the others be read, and fails the run at its end", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 3) });
    const unknown = configured({ key: "people", name: "people" });
    const run = await read(settingsFor(standIn), { streams: [unknown, configured()] });
    expect(run.emails).toHaveLength(3);
    expect(run.messages[0]).toEqual({ kind: "status", stream: "people", status: "INCOMPLETE" });
    expect(run.error).toBeInstanceOf(ConfigError);
    expect(String(run.error)).toMatch(/"people".*"contacts"/);
  });

  it("ends INCOMPLETE with a state that claims no more than was emitted", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    standIn.intervene = (ask, response) =>
      ask.body.pagination?.after === "20" && json(response, 503, { code: "unavailable" });
    const run = await read(settingsFor(standIn));
    expect(run.error).toBeInstanceOf(TransientError);
    expect(run.emails).toHaveLength(20);
    expect(run.state).toMatchObject({ pass: { after: "20" } });
    expect(run.statuses).toEqual(["STARTED", "RUNNING", "INCOMPLETE"]);
    expect(standIn.lists().filter(({ body }) => body.pagination.after === "20")).toHaveLength(3);
  });
});

describe("suspicion", () => {
  const lie = (change: (page: Row, after: string | undefined) => unknown) => {
    standIn.intervene = (ask, response) => {
      if (!ask.path.endsWith("ListContacts")) return false;
      const changed = change(pageOf(standIn, ask.body), ask.body.pagination.after);
      return changed !== undefined && json(response, 200, changed);
    };
  };

  it.each<[string, (page: Row) => unknown, string]>([
    [
      "a next page without a cursor",
      (page) => ({ ...page, pageInfo: { hasNextPage: true } }),
      "without saying where",
    ],
    [
      "a cursor that it gave before",
      (page) => ({ ...page, pageInfo: { hasNextPage: true, endCursor: "10" } }),
      "already sent",
    ],
  ])("fails at %s, and emits nothing twice afterwards", async (_name, change, problem) => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    lie((page, after) => (after === "10" ? change(page) : undefined));
    const run = await read(settingsFor(standIn), { now: clock(START) });
    expect(run.error).toBeInstanceOf(ProtocolError);
    expect(String(run.error)).toContain(problem);
    expect(run.emails).toHaveLength(20);
    standIn.intervene = undefined;
    const next = await read(settingsFor(standIn), { state: run.state, now: clock(START) });
    expect([...run.emails, ...next.emails]).toHaveLength(30);
  });

  it("leaves out what lies before the filter, and says that the filter is not kept", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 20, OLD), pageSize: 10 });
    const settings = settingsFor(standIn);
    const first = await read(settings, { now: clock(START) });
    standIn.rows.push(row(30, "2026-03-01T12:30:00Z"));
    lie((_page, after) => pageOf(standIn, { pagination: after === undefined ? {} : { after } }));
    const second = await read(settings, { state: first.state, now: clock(START + 3_600_000) });
    expect(second.emails).toEqual(["p30@example.com"]);
    expect(second.lines.filter((line) => line.includes("ignores the date filter"))).toHaveLength(1);
    expect(second.lines.join()).toContain("20 contacts were left out because they converted before");
  });

  it("warns once where the order by time is not kept", async () => {
    standIn = await startStandIn({
      rows: [row(1, "2026-01-02T00:00:00Z"), row(2, OLD), row(3, "2025-01-01T00:00:00Z")],
    });
    const run = await read(settingsFor(standIn, { advanced: { contacts_order_by: "lastConvertedAt" } }));
    expect(run.emails).toHaveLength(3);
    expect(run.lines.filter((line) => line.includes("order by lastConvertedAt"))).toHaveLength(1);
  });

  it("warns once of a field that the catalog lacks and of one with another type, and emits both", async () => {
    standIn = await startStandIn({
      rows: [row(1, OLD, { size: "M", age: "12" }), row(2, OLD, { size: "L", age: 9 })],
    });
    const names = { contact_key: {}, email: {}, name: {}, firstConvertedAt: {}, lastConvertedAt: {} };
    const jsonSchema = {
      properties: { ...names, age: { type: ["null", "string"] } },
      additionalProperties: true,
    };
    const run = await read(settingsFor(standIn), { streams: [configured({ jsonSchema })] });
    const record = run.messages.find(({ kind }) => kind === "record");
    expect(record).toMatchObject({ data: { size: "M", age: "12" } });
    expect(run.lines.filter((line) => line.includes('"size"'))).toHaveLength(1);
    expect(run.lines.filter((line) => line.includes('"age"'))).toHaveLength(1);

    const closed = configured({ jsonSchema: { ...jsonSchema, additionalProperties: false } });
    const strict = await read(settingsFor(standIn), { streams: [closed] });
    const data = (strict.messages.find(({ kind }) => kind === "record") as { data: Row }).data;
    expect(Object.keys(data)).not.toContain("size");
  });
});

describe("check and discover", () => {
  it("succeeds with what it has found, and no personal data", async () => {
    standIn = await startStandIn({ rows: [row(1, OLD, { shirt_size: "M" })] });
    const sentence = await source.check(settingsFor(standIn), contextFor());
    expect(sentence).toContain("shirt_size");
    expect(sentence).not.toContain("p1@example.com");
    standIn.rows = [];
    expect(await source.check(settingsFor(standIn), contextFor())).toContain("no contacts yet");
  });

  it.each<[string, number, unknown, string]>([
    [
      "/identity/resources/auth/v1/api-token",
      401,
      { errors: ["x"] },
      "client_id or credentials.client_secret",
    ],
    ["/identity/resources/auth/v1/api-token", 404, {}, "advanced.auth_base_url"],
    ["/abacus.v1.AbacusService/ListContacts", 403, { code: "permission_denied" }, "org_id and workspace_id"],
    ["/abacus.v1.AbacusService/ListContacts", 404, { code: "not_found" }, "org_id and workspace_id"],
    ["/abacus.v1.AbacusService/ListContacts", 404, "page not found", "advanced.api_base_url"],
    ["/abacus.v1.AbacusService/ListContacts", 400, { code: "invalid_argument" }, "org_id and workspace_id"],
  ])("explains %s %i %o", async (path, status, body, remedy) => {
    standIn = await startStandIn({ rows: [] });
    standIn.intervene = (ask, response) => ask.path === path && json(response, status, body);
    const failure = await source.check(settingsFor(standIn), contextFor()).catch((error) => error);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure.message).toContain(remedy);
    expect(failure.message).not.toContain("top-secret");
  });

  it("explains a host that cannot be reached", async () => {
    standIn = await startStandIn({ rows: [] });
    const settings = settingsFor(standIn, { advanced: { max_attempts: 1 } });
    await standIn.close();
    const failure = await source.check(settings, contextFor()).catch((error) => error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure.message).toContain("connection was refused");
    standIn = await startStandIn({ rows: [] });
  });
});
