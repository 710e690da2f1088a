import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import { founds } from "../../../destination-iterable/mapping/coercion.js";
import { newTypesOf } from "../../../destination-iterable/plan/new-types.js";
import { outlookOf } from "../../../destination-iterable/plan/plan.js";
import { mappingOptions } from "../../../destination-iterable/stream-settings.js";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

const PROPERTIES = {
  email: { type: "string" },
  price: { type: ["null", "number"] },
  count: { type: "integer" },
  words: { type: "string" },
  at: { type: "string", format: "date-time" },
  agreed: { type: "boolean" },
};

const optionsOf = (settings: object) => {
  const given = config.parse({ api_key: "k", create_new_fields: true, ...settings });
  return mappingOptions(
    given,
    given,
    { name: "contacts", properties: PROPERTIES, identity: false },
    new Map(),
  );
};

test("a new field gets the type that its entry declares, else the one that the schema gives its source", () => {
  const field_mapping = [
    { source: "price", target: "total" },
    { source: "words", target: "amount", type: "double" },
    { source: "words", target: "text", type: "string" },
    { source: "words", target: "anything" },
    { source: "words", target: "born", transform: ["date"], date_format: "D.M.YYYY" },
  ];
  const options = optionsOf({ field_mapping, unmapped_fields: "same_name" });
  expect(Object.fromEntries(newTypesOf(options, PROPERTIES))).toEqual({
    total: "double",
    amount: "double",
    text: "string",
    born: "date",
    price: "double",
    count: "long",
    at: "date",
    agreed: "boolean",
  });
  expect(optionsOf({ create_new_fields: false, field_mapping }).newTypes.size).toBe(0);
});

test.each([
  ["double", 3.5, true],
  ["double", 3, false],
  ["double", [0.5, 1], true],
  ["double", [1, 0.5], false],
  ["long", 3, true],
  ["string", "hello", true],
  ["string", "2026-01-31", false],
  ["string", "2026-01-31 10:00:00 +00:00", false],
  ["date", "2026-01-31", true],
  ["boolean", true, true],
] as const)("a %s by %j: %s", (type, value, expected) => {
  expect(founds(value, type)).toBe(expected);
});

describe("in Iterable", () => {
  let iterable: IterableSimulator;
  beforeEach(async () => {
    iterable = await startIterable({ fields: {} });
  });
  afterEach(() => iterable.close());
  const people = (...values: object[]) =>
    values.map((more, index) => ({ email: `p${index}@example.com`, ...more }));
  const held = (index: number) => iterable.users.get(`p${index}@example.com`)?.dataFields ?? {};

  test("a double is created by the first number with a fraction, and takes whole ones from then on", async () => {
    const records = people({ price: 3 }, { price: 4 }, { price: 4.5 }, { price: 5 });
    const settings = { create_new_fields: true, field_mapping: [{ source: "price", target: "total" }] };
    const { logged } = await write(iterable.url, records, settings, {}, PROPERTIES);
    expect(iterable.fields.get("total")).toBe("double");
    expect([0, 1, 2, 3].map((index) => held(index).total)).toEqual([undefined, undefined, 4.5, 5]);
    expect(logged.join("\n")).toMatch(/total type_not_decided 2/);
  });

  test("a text is not made a date by one that looks like a date, where its entry says that it is text", async () => {
    const records = people({ words: "2026-01-31" }, { words: "in spring" }, { words: "2026-02-28" });
    const field_mapping = [{ source: "words", target: "when", type: "string" }];
    await write(iterable.url, records, { create_new_fields: true, field_mapping }, {}, PROPERTIES);
    expect(iterable.fields.get("when")).toBe("string");
    expect([0, 1, 2].map((index) => held(index).when)).toEqual([undefined, "in spring", "2026-02-28"]);
  });

  test("a time is made a date although the source writes it as Iterable does not", async () => {
    const records = people({ at: "2026-01-31T10:00:00Z" }, { at: "nonsense" });
    const settings = { create_new_fields: true, unmapped_fields: "same_name", field_mapping: [] };
    await write(iterable.url, records, settings, {}, PROPERTIES);
    expect(iterable.fields.get("at")).toBe("date");
    expect(held(1)).not.toHaveProperty("at");
  });

  test("a contact whose required field waits for its type is sent all the same", async () => {
    const field_mapping = [{ source: "price", target: "total", required: true }];
    await write(
      iterable.url,
      people({ price: 3 }),
      { create_new_fields: true, field_mapping },
      {},
      PROPERTIES,
    );
    expect(iterable.users.has("p0@example.com")).toBe(true);
    expect(iterable.fields.has("total")).toBe(false);
  });
});

test("the plan says which value decides on the type", () => {
  const options = optionsOf({
    field_mapping: [
      { source: "price", target: "total" },
      { source: "words", target: "text", type: "string" },
    ],
  });
  const { rows } = outlookOf(options, PROPERTIES, true);
  expect(rows.find(({ target }) => target === "total")).toMatchObject({
    verdict: "created",
    detail: "as double, by the first number with a fraction: whole ones before it are left out",
  });
  expect(rows.find(({ target }) => target === "text")?.detail).toContain("does not look like a date");
});
