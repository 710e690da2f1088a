import { afterEach, describe, expect, it } from "vitest";
import { type Row, read, row, rowsFrom, type StandIn, settingsFor, startStandIn } from "./stand-in.js";

let standIn: StandIn;
afterEach(() => standIn.close());

const START = Date.parse("2026-03-01T12:00:00Z");
const DAY = 86_400_000;
const LONG_AGO = "2025-06-01T00:00:00Z";

/** One run a given number of days after the first, with what the one before left. */
const runner = (settings: Row = {}) => {
  let state: unknown;
  return async (days: number, options: Parameters<typeof read>[1] = {}) => {
    const all = settingsFor(standIn, { full_pass_days: 30, requests_per_second: 1000, ...settings });
    const run = await read(all, { state, now: () => START + days * DAY, ...options });
    state = JSON.parse(JSON.stringify(run.state));
    return run;
  };
};
const unsent = (lines: readonly string[]) =>
  lines.filter((line) => line.includes("became visible late and were not sent"));

describe("people who become visible later with an old time", () => {
  it("are emitted by the next full pass, once, and nobody who was sent before is sent again", async () => {
    standIn = await startStandIn({ rows: [...rowsFrom(0, 500), { user: {}, lastConvertedAt: LONG_AGO }] });
    const run = runner();
    expect((await run(0)).emails).toHaveLength(500);
    standIn.rows.push(row(900, LONG_AGO));
    // Known from now on, and nothing else has changed; another contact's answers are edited without a conversion.
    standIn.rows[500] = row(901, LONG_AGO);
    standIn.rows[7] = row(7, undefined, { size: "M" });
    expect((await run(1)).emails).toEqual([]);
    const full = await run(31);
    expect(full.emails.toSorted()).toEqual(["p900@example.com", "p901@example.com"]);
    expect(full.told.source_tally).toMatchObject({ emitted: 2, late: 2 });
    expect((await run(62)).emails).toEqual([]);
  });

  it("are emitted where the filter is ignored as well, in the next run", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 100) });
    const run = runner();
    await run(0);
    standIn.rows.push(row(900, LONG_AGO));
    standIn.ignoresFilter = true;
    expect((await run(1)).emails).toEqual(["p900@example.com"]);
    expect((await run(2)).emails).toEqual([]);
  });

  it("are never emitted from before the start date", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 50) });
    const run = runner({ start_date: "2025-12-01T00:00:00Z" });
    expect((await run(0)).emails).toHaveLength(50);
    standIn.rows.push(row(900, LONG_AGO), row(901, "2025-12-15T00:00:00Z"));
    expect((await run(31)).emails).toEqual(["p901@example.com"]);
    expect(unsent((await run(62)).lines)).toEqual([]);
  });

  it("are counted where there are too many to remember everybody, and the warning says how to send everybody", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 10_500), pageSize: 5000 });
    const run = runner();
    expect((await run(0)).emails).toHaveLength(10_500);
    const quiet = await run(31);
    expect([quiet.emails, unsent(quiet.lines)]).toEqual([[], []]);
    standIn.rows.push(...rowsFrom(20_000, 20_003, LONG_AGO));
    const full = await run(62);
    expect(full.emails).toEqual([]);
    expect(unsent(full.lines)).toEqual([expect.stringMatching(/^warn 3 more contacts .*full refresh/)]);
    expect(full.told.source_tally).toMatchObject({ late_unsent: 3 });
    expect(unsent((await run(93)).lines)).toEqual([]);
    expect(JSON.stringify(full.state).length).toBeLessThan(2000);
  });

  it("are counted rightly when a full pass is killed and goes on", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 10_500), pageSize: 5000 });
    const run = runner();
    await run(0);
    standIn.rows.push(row(900_000, LONG_AGO));
    let states = 0;
    const killed = await run(31, { until: ({ kind }) => kind === "state" && ++states === 2 });
    expect(killed.state).toMatchObject({ pass: { after: "10000", older: { known: 10_000, next: 10_000 } } });
    const resumed = await run(31);
    expect(unsent(resumed.lines)).toHaveLength(1);
    expect(resumed.told.source_tally).toMatchObject({ late_unsent: 1 });
  });

  it("leave a state of a full pass that was killed from which nobody is taken for known", async () => {
    standIn = await startStandIn({ rows: rowsFrom(0, 300) });
    const run = runner();
    const first = await run(0);
    const state = first.state as Row & { seen: Row };
    const old = { ...state, seen: { ...state.seen, keys: null, whole: false } };
    let states = 0;
    const settings = settingsFor(standIn, { full_pass_days: 30 });
    const now = () => START + 31 * DAY;
    const killed = await read(settings, {
      state: old,
      now,
      until: ({ kind }) => kind === "state" && ++states === 2,
    });
    const again = await read(settings, { state: killed.state, now });
    expect([...killed.emails, ...again.emails]).toEqual([]);
    expect(again.state).toMatchObject({ seen: { whole: true } });
    expect((again.state as { seen: { keys: string } }).seen.keys).toHaveLength(300 * 6);
  });
});
