import { afterEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../connector/errors.js";
import { json, type Row, read, row, rowsFrom, type StandIn, settingsFor, startStandIn } from "./stand-in.js";

let standIn: StandIn;
afterEach(() => standIn.close());

const START = Date.parse("2026-03-01T12:00:00Z");
const HOUR = 3_600_000;
const NEW = "2026-03-01T12:30:00Z";
const clock = (ms: number) => () => ms;
const refuseFilter = (isRefused: (body: Row & { pagination: Row }) => boolean) => {
  standIn.intervene = ({ path, body }, response) =>
    path.endsWith("ListContacts") &&
    body.filter !== undefined &&
    isRefused(body) &&
    json(response, 400, { code: "invalid_argument" });
};
const warnings = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith("warn Flowcode refuses the date filter"));

describe("the date filter", () => {
  it.each(["discarded", "refused"] as const)(
    "stands where it counts: a quiet run asks three times at most, where unknown keys are %s",
    async (unknownKeys) => {
      standIn = await startStandIn({ rows: rowsFrom(0, 2000), pageSize: 100, unknownKeys });
      const settings = settingsFor(standIn);
      const first = await read(settings, { now: clock(START) });
      expect(first.emails).toHaveLength(2000);
      const before = standIn.asks.length;
      standIn.rows.push(row(3000, NEW));
      const second = await read(settings, { state: first.state, now: clock(START + HOUR) });
      expect(second.emails).toEqual(["p3000@example.com"]);
      expect(second.lines.join()).not.toContain("date filter");
      expect(standIn.asks.length - before).toBeLessThanOrEqual(3);
    },
  );

  it("that is refused is left out with one warning, and older contacts are left out here", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    const settings = settingsFor(standIn);
    const first = await read(settings, { now: clock(START) });
    standIn.rows.push(row(40, NEW));
    refuseFilter(() => true);
    const second = await read(settings, { state: first.state, now: clock(START + HOUR) });
    expect(second.error).toBeUndefined();
    expect(second.emails).toEqual(["p40@example.com"]);
    expect(warnings(second.lines)).toHaveLength(1);
    expect(second.lines.join()).not.toContain("ignores the date filter");
    expect(second.state).toMatchObject({ since: "2026-03-01T12:00:00Z", pass: null });
  });

  it("that is refused stays out of the pass when a killed run is resumed", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30), pageSize: 10 });
    const settings = settingsFor(standIn);
    const first = await read(settings, { now: clock(START) });
    standIn.rows.push(row(40, NEW));
    refuseFilter(() => true);
    let states = 0;
    const killed = await read(settings, {
      state: first.state,
      now: clock(START + HOUR),
      until: ({ kind }) => kind === "state" && ++states === 2,
    });
    expect(killed.state).toMatchObject({
      pass: { after: "20", since: "2026-03-01T11:00:00Z", filtered: false },
    });
    const before = standIn.lists().length;
    const resumed = await read(settings, { state: killed.state, now: clock(START + HOUR) });
    expect(standIn.lists()[before]?.body).toMatchObject({ pagination: { after: "20" } });
    expect(standIn.lists()[before]?.body.filter).toBeUndefined();
    expect([...killed.emails, ...resumed.emails]).toEqual(["p40@example.com"]);
  });

  it("that is refused together with a cursor is left out as well", async () => {
    const rows = rowsFrom(0, 30, NEW);
    standIn = await startStandIn({ rows, pageSize: 10 });
    refuseFilter(({ pagination }) => pagination.after !== undefined);
    const settings = settingsFor(standIn, { start_date: "2026-01-01T00:00:00Z" });
    const run = await read(settings, { now: clock(START) });
    expect(run.error).toBeUndefined();
    expect(run.emails).toHaveLength(30);
    expect(warnings(run.lines)).toHaveLength(1);
  });

  it("is not blamed where the request is refused without it, too", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 30) });
    standIn.intervene = ({ path }, response) =>
      path.endsWith("ListContacts") && json(response, 400, { code: "invalid_argument" });
    const run = await read(settingsFor(standIn, { start_date: "2026-01-01T00:00:00Z" }));
    expect(run.error).toBeInstanceOf(ConfigError);
    expect(String(run.error)).toContain("org_id and workspace_id");
  });
});
