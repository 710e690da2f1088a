import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Contact } from "../../../destination-iterable/delivery/contact.js";
import { createOrderTable, merge } from "../../../destination-iterable/delivery/order.js";

const at = (seconds: number | undefined) => (seconds === undefined ? undefined : { seconds, nanos: 0 });

/** A contact as one record brings it. */
function contact(
  seconds: number | undefined,
  fields: Record<string, unknown>,
  key = "a@x.com",
): Contact<string> {
  return {
    key,
    identifier: key,
    mode: "overwrite",
    fields,
    layers: [{ cursor: at(seconds), fields }],
    records: [`${seconds}`],
  };
}

describe("two records of a contact that nobody has seen yet", () => {
  test.each<[string, Contact<string>, Contact<string>, Record<string, unknown>]>([
    ["the newer wins when it comes last", contact(1, { a: 1 }), contact(2, { a: 2 }), { a: 2 }],
    ["the newer wins when it comes first", contact(2, { a: 2 }), contact(1, { a: 1 }), { a: 2 }],
    [
      "the older adds what the newer does not say",
      contact(2, { a: 2 }),
      contact(1, { a: 1, b: 1 }),
      { a: 2, b: 1 },
    ],
    ["the later arrival wins at the same time", contact(1, { a: 1 }), contact(1, { a: 2 }), { a: 2 }],
    [
      "the later arrival wins where no time is known",
      contact(undefined, { a: 1 }),
      contact(undefined, { a: 2 }),
      { a: 2 },
    ],
    [
      "the later arrival wins where one time is unknown",
      contact(9, { a: 1 }),
      contact(undefined, { a: 2 }),
      { a: 2 },
    ],
    ["a null is a value like any other", contact(2, { a: null }), contact(1, { a: 1 }), { a: null }],
  ])("become one: %s", (_what, first, second, fields) => {
    const merged = merge(first, second);
    expect(merged.fields).toEqual(fields);
    expect(merged.records).toEqual([...first.records, ...second.records]);
  });

  test("become one that knows how old each of its values is", () => {
    const merged = merge(contact(2, { a: 2 }), contact(1, { a: 1, b: 1 }));
    expect(merged.layers).toEqual([
      { cursor: at(2), fields: { a: 2 } },
      { cursor: at(1), fields: { b: 1 } },
    ]);
  });

  test("become one that knows nothing of a record that adds nothing", () => {
    const merged = merge(contact(2, { a: 2 }), contact(1, { a: 1 }));
    expect(merged.layers).toEqual([{ cursor: at(2), fields: { a: 2 } }]);
  });
});

describe("two records of a contact whose fields are joined", () => {
  const joins = new Map([
    ["first", "first"],
    ["list", "append"],
  ] as const);
  const joined = (seconds: number, fields: Record<string, unknown>): Contact<string> => ({
    ...contact(seconds, fields),
    joins,
  });
  const older = joined(1, { first: "old", list: "a", last: "old" });
  const newer = joined(2, { first: "new", list: ["b", "a"], last: "new" });
  const both = { first: "old", list: ["a", "b"], last: "new" };

  test.each([
    ["the newer comes last", older, newer, both],
    ["the newer comes first", newer, older, both],
    ["the older says nothing of them", joined(1, { last: "old" }), newer, newer.fields],
    [
      "the newer says nothing of them",
      older,
      joined(2, { last: "new" }),
      { first: "old", list: ["a"], last: "new" },
    ],
    ["both say the same", joined(1, { list: "a" }), joined(2, { list: "a" }), { list: ["a"] }],
  ])("keep the first, have all of the list, and of others the newest: %s", (_, first, second, fields) => {
    expect(merge(first, second).fields).toEqual(fields);
  });
});

describe("a record of a contact that was delivered before", () => {
  const delivered = (...contacts: Contact<string>[]) => {
    const table = createOrderTable();
    for (const one of contacts) table.remember(one);
    return table;
  };

  test.each<[string, Contact<string>[], Contact<string>, Record<string, unknown>]>([
    ["passes when it is newer", [contact(1, { a: 1 })], contact(2, { a: 2 }), { a: 2 }],
    ["passes when it is of the same time", [contact(1, { a: 1 })], contact(1, { a: 2 }), { a: 2 }],
    ["loses what newer ones have said", [contact(2, { a: 2 })], contact(1, { a: 1 }), {}],
    ["adds what newer ones have not said", [contact(2, { a: 2 })], contact(1, { a: 1, b: 1 }), { b: 1 }],
    [
      "is measured against each field by itself",
      [contact(3, { a: 3 }), contact(1, { b: 1 })],
      contact(2, { a: 2, b: 2 }),
      { b: 2 },
    ],
    ["passes when its time is unknown", [contact(2, { a: 2 })], contact(undefined, { a: 1 }), { a: 1 }],
    ["passes when theirs was unknown", [contact(undefined, { a: 2 })], contact(1, { a: 1 }), { a: 1 }],
    [
      "is measured against its own contact alone",
      [contact(2, { a: 2 }, "b@x.com")],
      contact(1, { a: 1 }),
      { a: 1 },
    ],
  ])("%s", (_what, before, arrived, fields) => {
    expect(delivered(...before).reduce(arrived).fields).toEqual(fields);
  });

  test.each([[[3, 1]], [[1, 3]]])(
    "is measured against the newest of those before, in whatever order they came: %j",
    (before) => {
      const table = delivered(...before.map((seconds) => contact(seconds, { a: seconds })));
      expect(table.reduce(contact(2, { a: 2 })).fields).toEqual({});
    },
  );

  test("adds what is to be joined, however old it is", () => {
    const table = delivered(contact(2, { a: 2, list: "b" }));
    const arrived = { ...contact(1, { a: 1, list: "a" }), joins: new Map([["list", "append"]] as const) };
    expect(table.reduce(arrived).fields).toEqual({ list: "a" });
  });

  test("is handed back as it is when nothing has to be taken away", () => {
    const arrived = contact(2, { a: 2 });
    expect(delivered(contact(1, { a: 1 })).reduce(arrived)).toBe(arrived);
  });

  test("is compared to the nanosecond", () => {
    const of = (nanos: number, a: number): Contact<string> => ({
      ...contact(1, { a }),
      layers: [{ cursor: { seconds: 1, nanos }, fields: { a } }],
    });
    const table = delivered(of(2, 2));
    expect(table.reduce(of(1, 1)).fields).toEqual({});
    expect(table.reduce(of(3, 3)).fields).toEqual({ a: 3 });
  });
});

test("the table remembers the contacts that were delivered last, and forgets the oldest", () => {
  const table = createOrderTable(4);
  const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
  for (const key of keys) table.remember(contact(9, { f: 9 }, key));
  const isKnown = (key: string) => !("f" in table.reduce(contact(1, { f: 1 }, key)).fields);
  expect(keys.slice(-2).every(isKnown)).toBe(true);
  expect(keys.slice(0, -4).some(isKnown)).toBe(false);
});

const record = fc.record({
  cursor: fc.integer({ min: 1, max: 6 }),
  names: fc.subarray(["a", "b", "c", "d"], { minLength: 1 }),
  startsBatch: fc.boolean(),
});

test("whatever the order of arrival and the cut of the batches, each field ends with its newest value", () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), (records) => {
      const table = createOrderTable(100);
      const profile: Record<string, unknown> = {};
      let waiting: Contact<string> | undefined;
      const send = () => {
        if (!waiting) return;
        Object.assign(profile, waiting.fields);
        table.remember(waiting);
        waiting = undefined;
      };
      const newest = new Map<string, { cursor: number; value: number }>();
      for (const [index, { cursor, names, startsBatch }] of records.entries()) {
        if (startsBatch) send();
        const arrived = table.reduce(contact(cursor, Object.fromEntries(names.map((name) => [name, index]))));
        waiting = waiting ? merge(waiting, arrived) : arrived;
        for (const name of names) {
          if (cursor >= (newest.get(name)?.cursor ?? 0)) newest.set(name, { cursor, value: index });
        }
      }
      send();
      expect(profile).toEqual(Object.fromEntries([...newest].map(([name, { value }]) => [name, value])));
    }),
    { seed: 10, numRuns: 2000 },
  );
});
