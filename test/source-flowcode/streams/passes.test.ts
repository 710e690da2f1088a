import { describe, expect, it } from "vitest";
import { openState, type PassSettings } from "../../../source-flowcode/streams/pass-state.js";
import {
  afterPass,
  midPass,
  overlapStartMs,
  planPass,
  toFilter,
} from "../../../source-flowcode/streams/passes.js";
import { createSeen, NOTHING_SEEN } from "../../../source-flowcode/streams/seen.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse("2026-03-01T12:00:00Z");
const settings: PassSettings = {
  scope: "s",
  startDate: null,
  orderBy: "name",
  pageSize: null,
  lookbackMs: HOUR,
  fullPassMs: 30 * DAY,
};
const open = (saved: unknown, other: Partial<PassSettings> = {}) =>
  openState(saved, { ...settings, ...other });
const through = {
  version: 2,
  scope: "s",
  since: "2026-03-01T11:00:00Z",
  full_at: "2026-03-01T12:00:00Z",
  seen: { rows: "rrrrrrkkkkkk", hours: [[490000, 1]], keys: "", whole: true },
  older: { before: "2026-03-01T11:00:00Z", count: 7 },
};
const pass = {
  since: "2026-03-01T11:00:00Z",
  filtered: true,
  started_at: "2026-03-02T12:00:00Z",
  after: "c",
  order_by: "name",
  page_size: null,
  older: { known: 1, next: 2 },
};

describe("opening a state", () => {
  it.each([undefined, null, {}])("takes %o for a first run", (saved) => {
    const { state, warning } = open(saved, { startDate: "2026-01-01T00:00:00Z" });
    expect(state).toEqual({
      version: 2,
      scope: "s",
      since: "2026-01-01T00:00:00Z",
      full_at: null,
      seen: NOTHING_SEEN,
      older: null,
      pass: null,
    });
    expect(warning).toBeUndefined();
  });

  it.each<[string, unknown, Partial<PassSettings>, unknown, string | undefined]>([
    ["its own state", { ...through, pass }, {}, { ...through, pass }, undefined],
    [
      "another scope",
      { ...through, scope: "t" },
      {},
      { since: null, full_at: null, seen: NOTHING_SEEN, older: null },
      "starts over",
    ],
    ["another order", { ...through, pass }, { orderBy: "email" }, { ...through, pass: null }, "starts over"],
    ["another page size", { ...through, pass }, { pageSize: 9 }, { ...through, pass: null }, "starts over"],
    ["a changed order between passes", through, { orderBy: "email" }, through, undefined],
  ])("%s", (_name, saved, other, state, warning) => {
    const opened = open(saved, other);
    expect(opened.state).toMatchObject(state as object);
    expect(opened.warning ?? "").toContain(warning ?? "");
    expect(opened.warning === undefined).toBe(warning === undefined);
  });
});

describe("a state of version 1", () => {
  const old = {
    version: 1,
    scope: "s",
    since: "2026-03-01T11:00:00Z",
    full_at: "2026-03-01T12:00:00Z",
    seen: ["0t8dr40AbCdEfGh", "zzzzzzzZyXwVuTs"],
    pass: { since: null, started_at: "2026-03-02T12:00:00Z", after: "c", order_by: "name", page_size: null },
  };

  it("goes on where it stood, remembers its rows, and takes nobody for known", () => {
    const { state, warning } = open(old);
    expect(warning).toBeUndefined();
    expect(state).toMatchObject({
      version: 2,
      since: old.since,
      full_at: old.full_at,
      older: null,
      pass: { after: "c", filtered: true, older: null },
      seen: { rows: "AbCdEf......ZyXwVu......", keys: null, whole: false },
    });
    const seen = createSeen(state.seen);
    expect(seen.has({ hash: "AbCdEf", key: "who---", seconds: 0 })).toBe(true);
    expect(seen.has({ hash: "other-", key: "who---", seconds: 0 })).toBe(false);
    expect(open(JSON.parse(JSON.stringify(state))).state).toEqual(state);
  });
});

describe("planning a pass", () => {
  const plan = (saved: unknown, now: number, other: Partial<PassSettings> = {}) =>
    planPass(open(saved, other).state, { ...settings, ...other }, now);

  it("begins at the start date, or at the beginning", () => {
    expect(plan({}, NOON)).toMatchObject({
      kind: "first",
      since: null,
      emitFromMs: undefined,
      startMs: undefined,
      olderThanMs: undefined,
      resumed: undefined,
    });
    expect(plan({}, NOON, { startDate: "2026-01-01T00:00:00Z" })).toMatchObject({
      kind: "first",
      since: "2026-01-01T00:00:00Z",
      emitFromMs: Date.parse("2026-01-01T00:00:00Z"),
      startMs: Date.parse("2026-01-01T00:00:00Z"),
    });
  });

  it.each<[string, unknown, number, unknown]>([
    [
      "goes on where the last one ended",
      through,
      NOON + DAY,
      {
        kind: "incremental",
        since: through.since,
        emitFromMs: NOON - HOUR,
        startMs: undefined,
        olderThanMs: NOON - HOUR,
      },
    ],
    [
      "emits everything where nobody knows since when",
      { ...through, since: null },
      NOON + DAY,
      { kind: "incremental", since: null, emitFromMs: undefined },
    ],
    ["is full when that is due", through, NOON + 30 * DAY, { kind: "full", since: null, emitFromMs: NOON }],
    [
      "resumes with its own request, even when a full one is due by now",
      { ...through, pass },
      NOON + 40 * DAY,
      {
        kind: "incremental",
        since: pass.since,
        resumed: { after: "c", startedAtMs: NOON + DAY, older: { known: 1, next: 2 } },
      },
    ],
    [
      "resumes a full one",
      { ...through, pass: { ...pass, since: null } },
      NOON,
      { kind: "full", emitFromMs: NOON },
    ],
    [
      "resumes the first one",
      { version: 1, scope: "s", pass: { ...pass, since: null } },
      NOON,
      { kind: "first" },
    ],
  ])("%s", (_name, saved, now, expected) => expect(plan(saved, now)).toMatchObject(expected as object));
});

describe("after a pass", () => {
  const end = (saved: unknown, startedAtMs: number, other: Partial<PassSettings> = {}) => {
    const all = { ...settings, ...other };
    const { state } = openState(saved, all);
    const plan = planPass(state, all, startedAtMs);
    const from = overlapStartMs(state, plan, startedAtMs, all);
    return {
      ...afterPass(state, plan, { startedAtMs, seen: NOTHING_SEEN, older: { known: 3, next: 4 } }, all),
      from: new Date(from).toISOString(),
    };
  };

  it("counts who is older where it has looked at everybody, and else keeps the last count", () => {
    expect(end(through, NOON + DAY)).toMatchObject({ older: through.older });
    expect(end(through, NOON + 30 * DAY)).toMatchObject({
      older: { before: "2026-03-31T11:00:00Z", count: 4 },
    });
  });

  it.each<[string, unknown, number, Partial<PassSettings>, string, string, string]>([
    ["a first one", {}, NOON, {}, "2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z", "2026-03-01T11:00:00.000Z"],
    [
      "an incremental one",
      through,
      NOON + DAY,
      {},
      "2026-03-02T11:00:00Z",
      "2026-03-01T12:00:00Z",
      "2026-03-01T12:00:00.000Z",
    ],
    [
      "a full one",
      through,
      NOON + 30 * DAY,
      {},
      "2026-03-31T11:00:00Z",
      "2026-03-31T12:00:00Z",
      "2026-03-31T11:00:00.000Z",
    ],
    [
      "never before the start date",
      {},
      NOON,
      { startDate: "2026-03-01T11:30:00Z" },
      "2026-03-01T11:30:00Z",
      "2026-03-01T12:00:00Z",
      "2026-03-01T11:30:00.000Z",
    ],
    [
      "from the start date on only where it is later",
      {},
      NOON,
      { startDate: "2026-01-01T00:00:00Z" },
      "2026-03-01T11:00:00Z",
      "2026-03-01T12:00:00Z",
      "2026-03-01T11:00:00.000Z",
    ],
  ])("%s", (_name, saved, at, other, since, full_at, from) => {
    expect(end(saved, at, other)).toMatchObject({ since, full_at, from, pass: null });
  });

  it("a state in the middle opens as it was written", () => {
    const { state } = open(through);
    const plan = planPass(state, settings, NOON + DAY);
    const middle = midPass(
      state,
      plan,
      { startedAtMs: NOON + DAY + 999, after: "c", seen: NOTHING_SEEN, older: { known: 1, next: 2 } },
      settings,
    );
    expect(middle).toEqual({ ...through, seen: NOTHING_SEEN, pass });
    expect(open(JSON.parse(JSON.stringify(middle))).state).toEqual(middle);
  });
});

describe("toFilter", () => {
  it.each([
    ["2026-01-01", "2026-01-01T00:00:00Z"],
    ["2026-01-01T00:00:00.999999999+02:00", "2025-12-31T22:00:00Z"],
    [undefined, null],
  ])("%s is %s", (date, filter) => expect(toFilter(date)).toBe(filter));
});
