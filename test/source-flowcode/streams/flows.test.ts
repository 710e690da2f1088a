import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, TransientError } from "../../../connector/errors.js";
import { singerCatalog } from "../../../protocol/singer.js";
import { source } from "../../../source-flowcode/source.js";
import {
  configured,
  contextFor,
  json,
  LIST_SUITES,
  type Row,
  read,
  rowsFrom,
  type StandIn,
  settingsFor,
  startStandIn,
} from "../stand-in.js";

const STATES = ["ASSET_STATE_ACTIVE", "ASSET_STATE_DRAFT", "ASSET_STATE_ARCHIVED"];
const suitesFrom = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, index) => ({
    id: `suite-${from + index}`,
    name: `Flow ${from + index}`,
    state: STATES[(from + index) % 3],
    assets: { "code_batch-1": { assetId: "a" } },
  }));
const flows = configured({
  key: "flows",
  name: "flows",
  syncMode: "full_refresh",
  cursorField: undefined,
  primaryKey: [["id"]],
});

let standIn: StandIn;
beforeEach(async () => {
  standIn = await startStandIn({ rows: rowsFrom(0, 3), suites: suitesFrom(0, 600) });
});
afterEach(() => standIn.close());

const recordsOf = (run: Awaited<ReturnType<typeof read>>, stream: string) =>
  run.messages.filter((message) => message.kind === "record" && message.stream === stream);
const statusesOf = (run: Awaited<ReturnType<typeof read>>, stream: string) =>
  run.messages.flatMap((message) =>
    message.kind === "status" && message.stream === stream ? [message.status] : [],
  );
const refuse = (path: string, status: number, body: unknown) => {
  standIn.intervene = (ask, response) => ask.path === path && json(response, status, body);
};

describe("the stream flows", () => {
  it("brings every flow in every state, unchanged, and one state that covers them", async () => {
    const run = await read(settingsFor(standIn), { streams: [flows] });
    expect(run.error).toBeUndefined();
    expect(recordsOf(run, "flows").map((message) => (message as { data: unknown }).data)).toEqual(
      standIn.suites,
    );
    expect(run.statuses).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
    const states = run.messages.filter((message) => message.kind === "state");
    expect(states).toMatchObject([{ stream: "flows", recordCount: 600, value: { version: 1 } }]);
    expect(standIn.lists()).toEqual([]);
  });

  it("asks as a public client asks", async () => {
    await read(settingsFor(standIn), { streams: [flows] });
    expect(standIn.flows().map(({ body }) => body)).toEqual(
      [{}, { after: "250" }, { after: "500" }].map((place) => ({
        orgId: "org",
        workspaceId: "workspace",
        pagination: { first: 250, ...place },
        states: STATES,
      })),
    );
  });

  it("ends with a state where there are none", async () => {
    standIn.suites = [];
    const run = await read(settingsFor(standIn), { streams: [flows] });
    expect(run.statuses).toEqual(["STARTED", "COMPLETE"]);
    expect(run.messages.filter(({ kind }) => kind === "state")).toHaveLength(1);
  });

  it("reads the list under its other name too", async () => {
    standIn.intervene = (ask, response) =>
      ask.path === LIST_SUITES && json(response, 200, { items: suitesFrom(0, 2) });
    expect(recordsOf(await read(settingsFor(standIn), { streams: [flows] }), "flows")).toHaveLength(2);
  });

  it("counts flows without an id, and brings a flow that comes twice once", async () => {
    standIn.suites = [{ state: STATES[0] }, ...suitesFrom(0, 3), ...suitesFrom(0, 3)];
    const run = await read(settingsFor(standIn), { streams: [flows] });
    expect(recordsOf(run, "flows")).toHaveLength(3);
    expect(run.lines.join()).toContain("1 flow without an id was left out");
  });

  it("starts over where a cursor is refused, and brings nothing twice", async () => {
    let refused = 0;
    standIn.intervene = (ask, response) =>
      ask.body.pagination?.after === "500" &&
      refused++ === 0 &&
      json(response, 400, { code: "invalid_argument" });
    const run = await read(settingsFor(standIn), { streams: [flows] });
    expect(run.error).toBeUndefined();
    expect(recordsOf(run, "flows")).toHaveLength(600);
    expect(run.lines.join()).toContain("1 page cursor was refused");
  });
});

describe("two streams", () => {
  it("are both read, each with statuses of its own", async () => {
    const run = await read(settingsFor(standIn), { streams: [flows, configured()] });
    expect(run.error).toBeUndefined();
    expect(recordsOf(run, "flows")).toHaveLength(600);
    expect(recordsOf(run, "contacts")).toHaveLength(3);
    for (const stream of ["flows", "contacts"])
      expect(statusesOf(run, stream)).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
  });

  it.each([
    ["flows", "contacts", LIST_SUITES],
    ["contacts", "flows", "/abacus.v1.AbacusService/ListContacts"],
  ])("are independent: where %s fails, %s is read, and the run fails at its end", async (bad, good, path) => {
    refuse(path, 403, { code: "permission_denied" });
    const run = await read(settingsFor(standIn), {
      streams: bad === "flows" ? [flows, configured()] : [configured(), flows],
    });
    expect(run.error).toBeInstanceOf(ConfigError);
    expect(String(run.error)).toContain(`the ${bad}`);
    expect(statusesOf(run, bad)).toEqual(["STARTED", "INCOMPLETE"]);
    expect(statusesOf(run, good)).toEqual(["STARTED", "RUNNING", "COMPLETE"]);
    const states = run.messages.flatMap((message) => (message.kind === "state" ? [message.stream] : []));
    expect([...new Set(states)]).toEqual([good]);
  });

  it("that both fail are both told of", async () => {
    standIn.intervene = (ask, response) => ask.path.includes("/List") && json(response, 503, {});
    const run = await read(settingsFor(standIn), { streams: [configured(), flows] });
    expect(run.error).toBeInstanceOf(TransientError);
    expect(run.lines.join()).toContain('the stream "flows" failed as well');
    expect(run.statuses).toEqual(["STARTED", "INCOMPLETE", "STARTED", "INCOMPLETE"]);
  });
});

describe("discover", () => {
  it("lists flows with the fields seen", async () => {
    const [, stream] = await source.discover(settingsFor(standIn), contextFor());
    expect(stream).toMatchObject({
      name: "flows",
      syncModes: ["full_refresh"],
      primaryKey: ["id"],
      cursorField: undefined,
    });
    expect(stream?.jsonSchema.properties).toMatchObject({
      id: { type: "string" },
      name: { type: ["null", "string"] },
      state: { type: ["null", "string"] },
      assets: { type: ["null", "object"] },
    });
  });

  it("lists their usual fields, with a warning, where they cannot be listed", async () => {
    refuse(LIST_SUITES, 403, { code: "permission_denied" });
    const context = contextFor();
    const [, stream] = await source.discover(settingsFor(standIn), context);
    expect(Object.keys(stream?.jsonSchema.properties as object)).toEqual(["id", "name", "state"]);
    expect(context.lines.join()).toMatch(/warn the flows cannot be listed/);
  });

  it("leaves flows unselected for Singer, so that a tap without a catalog reads contacts alone", async () => {
    const catalog = singerCatalog(await source.discover(settingsFor(standIn), contextFor()));
    const streams = catalog.streams as { tap_stream_id: string; metadata: { metadata: Row }[] }[];
    expect(
      streams.map(({ tap_stream_id, metadata }) => [tap_stream_id, metadata[0]?.metadata.selected]),
    ).toEqual([
      ["contacts", true],
      ["flows", false],
    ]);
  });
});
