import { afterEach, describe, expect, test } from "vitest";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { check, write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());
const start = async () => {
  iterable = await startIterable({
    limitsHeld: false,
    fields: { firstFlow: "string", flows: "string", lastFlow: "string", a: "object", "a.first": "string" },
  });
};

const MAPPING = [
  { source: "flow", target: "firstFlow", merge: "first" },
  { source: "flow", target: "lastFlow" },
  { source: "flow", target: "flows", merge: "append" },
];
const row = (flow: unknown, day = 1, name = "ann") => ({
  email: `${name}@example.com`,
  flow,
  at: `2026-01-0${day}T00:00:00Z`,
});
const run = (records: Record<string, unknown>[], more: Record<string, unknown> = {}) =>
  write(iterable.url, records, { field_mapping: MAPPING, ...more }, { cursor_field: ["at"] });
const held = (name = "ann") => iterable.users.get(`${name}@example.com`)?.dataFields;
const lookUps = () => iterable.journal.count("/api/users/getByEmail");

describe("a new profile", () => {
  test("gets the first value, the last, and a list of one", async () => {
    await start();
    await run([row("spring")]);
    expect(held()).toEqual({ firstFlow: "spring", lastFlow: "spring", flows: ["spring"] });
  });

  test.each([[1000], [1]])(
    "of several conversions gets the oldest, the newest and all, in batches of %i",
    async (batch_size) => {
      await start();
      await run([row("b", 2), row("c", 3), row("a", 1), row("b", 2)], { advanced: { batch_size } });
      expect(held()).toMatchObject({ firstFlow: "a", lastFlow: "c" });
      expect([...(held()!.flows as string[])].sort()).toEqual(["a", "b", "c"]);
    },
  );
});

describe("a profile that exists", () => {
  test("keeps its first value, and its list grows by what is new", async () => {
    await start();
    iterable.put({
      email: "ann@example.com",
      dataFields: { firstFlow: "old", lastFlow: "old", flows: ["old", "spring"] },
    });
    await run([row(["spring", "summer"].join(" ")), row("summer", 2)]);
    expect(held()).toEqual({
      firstFlow: "old",
      lastFlow: "summer",
      flows: ["old", "spring", "spring summer", "summer"],
    });
  });

  test("is read once a run, and only where a contact carries such a value", async () => {
    await start();
    await run([row("a"), row("b", 2), row("", 1, "bob")], { advanced: { batch_size: 1 } });
    expect(lookUps()).toBe(1);
  });

  test("is kept where it says all of it already", async () => {
    await start();
    iterable.put({ email: "ann@example.com", dataFields: { flows: ["spring"] } });
    const mapping = [{ source: "flow", target: "flows", merge: "append" }];
    const { summary } = await run([row("spring")], { field_mapping: mapping });
    expect(summary).toContain("1 read = 0 delivered + 1 kept");
  });

  test("has its first value looked for inside objects too", async () => {
    await start();
    iterable.put({ email: "ann@example.com", dataFields: { a: { first: "old" } } });
    await run([row("new")], { field_mapping: [{ source: "flow", target: "a.first", merge: "first" }] });
    expect(held()).toEqual({ a: { first: "old" } });
  });

  test("the same sync again changes nothing", async () => {
    await start();
    const records = [row("a", 1), row("b", 2)];
    await run(records);
    const before = held();
    await run(records);
    expect(held()).toEqual(before);
  });
});

test("check refuses a merge that cannot be", async () => {
  await start();
  const said = await check(iterable.url, {
    field_mapping: [
      { source: "mail", target: "email", merge: "first" },
      { source: "flow", target: "flows", merge: "append", clear_on_null: true },
    ],
    events: [{ name: "e", field_mapping: [{ source: "flow", target: "flow", merge: "append" }] }],
  });
  for (const problem of [
    'field_mapping[0] (target "email"): "merge" needs a field that is not the identifier',
    'field_mapping[1] (target "flows"): "clear_on_null" contradicts "merge"',
    'an event has nothing to "merge" with',
  ])
    expect(said).toContain(problem);
});
