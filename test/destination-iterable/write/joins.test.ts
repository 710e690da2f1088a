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
    // Once for what it has, and once until what was written can be read, so that the next run sees it.
    expect(lookUps()).toBe(2);
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

describe("by whichever means it is found out what exists", () => {
  const PEOPLE = Array.from({ length: 60 }, (_, number) => `p${number}`);
  const old = (name: string) => ({
    email: `${name}@example.com`,
    dataFields: { firstFlow: "old", flows: ["old", "spring"] },
  });
  const runBy = async (method: string, more: Record<string, unknown> = {}) => {
    await start();
    // A third has both fields, a third exists without them, and a third is new.
    for (const [number, name] of PEOPLE.entries()) {
      if (number % 3 === 0) iterable.put(old(name));
      if (number % 3 === 1) iterable.put({ email: `${name}@example.com`, dataFields: { lastFlow: "old" } });
    }
    const records = PEOPLE.flatMap((name) => [row("spring", 1, name), row("summer", 2, name)]);
    const found = await run(records, { existing_contacts: { method }, ...more });
    expect(found.failure).toBeUndefined();
    return found;
  };

  test.each(["look_up", "export"])("%s: the first stays, and lists grow", async (method) => {
    await runBy(method);
    for (const [number, name] of PEOPLE.entries()) {
      expect(held(name), name).toEqual(
        number % 3 === 0
          ? { firstFlow: "old", flows: ["old", "spring", "summer"], lastFlow: "summer" }
          : { firstFlow: "spring", flows: ["spring", "summer"], lastFlow: "summer" },
      );
    }
    // An export answers for everybody but those whose lists are appended to.
    const [asked, last] = [lookUps(), 1];
    if (method === "export") expect(asked).toBeLessThanOrEqual(PEOPLE.length / 3 + last);
  });

  test.each([
    ["keep_existing", "look_up"],
    ["keep_existing", "export"],
    ["fill_missing", "look_up"],
    ["fill_missing", "export"],
  ])("with %s and %s, existing profiles keep what they have", async (overwrite_mode, method) => {
    await runBy(method, { overwrite_mode });
    const filled = { firstFlow: "spring", flows: ["spring", "summer"], lastFlow: "old" };
    for (const [number, name] of PEOPLE.entries()) {
      const before = [
        {
          firstFlow: "old",
          flows: ["old", "spring"],
          ...(overwrite_mode === "fill_missing" && { lastFlow: "summer" }),
        },
        overwrite_mode === "fill_missing" ? filled : { lastFlow: "old" },
        { firstFlow: "spring", flows: ["spring", "summer"], lastFlow: "summer" },
      ];
      expect(held(name), name).toEqual(before[number % 3]);
    }
  });

  test.each(["look_up", "export"])("%s: the same sync again changes nothing", async (method) => {
    await runBy(method);
    const before = PEOPLE.map(held);
    const records = PEOPLE.flatMap((name) => [row("spring", 1, name), row("summer", 2, name)]);
    await run(records, { existing_contacts: { method } });
    expect(PEOPLE.map(held)).toEqual(before);
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
