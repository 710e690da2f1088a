import { describe, expect, it } from "vitest";
import { CONTACT_FIELDS } from "../../../source-flowcode/streams/contacts.js";
import { createSchemaSample } from "../../../source-flowcode/streams/schema-sample.js";

const schemaOf = (...contacts: Record<string, unknown>[]) => {
  const sample = createSchemaSample(CONTACT_FIELDS);
  for (const contact of contacts) sample.add(contact);
  return sample.schema() as { properties: Record<string, unknown>; additionalProperties: boolean };
};

describe("the schema of a sample", () => {
  it("lists the standard fields even where there are no contacts", () => {
    expect(schemaOf()).toEqual({
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: {
        contact_key: { type: "string" },
        email: { type: ["null", "string"] },
        name: { type: ["null", "string"] },
        phone: { type: ["null", "string"] },
        firstConvertedAt: { type: ["null", "string"], format: "date-time" },
        lastConvertedAt: { type: ["null", "string"], format: "date-time" },
      },
      additionalProperties: true,
    });
  });

  it.each<[string, unknown[], unknown]>([
    ["texts", ["a", "2026-01-01T00:00:00Z"], { type: ["null", "string"] }],
    ["whole numbers", [1, 2], { type: ["null", "integer"] }],
    ["numbers of both kinds", [1, 2.5], { type: ["null", "number"] }],
    ["several types", [true, "yes", 1], { type: ["null", "string", "integer", "boolean"] }],
    ["nothing but null", [null], { type: ["null", "string"] }],
    ["lists", [["a"], [1], []], { type: ["null", "array"], items: { type: ["null", "string", "integer"] } }],
    ["empty lists", [[]], { type: ["null", "array"] }],
    [
      "objects",
      [{ b: 1 }, { a: { c: true } }],
      {
        type: ["null", "object"],
        properties: {
          a: {
            type: ["null", "object"],
            properties: { c: { type: ["null", "boolean"] } },
            additionalProperties: true,
          },
          b: { type: ["null", "integer"] },
        },
        additionalProperties: true,
      },
    ],
  ])("describes %s", (_name, values, property) => {
    const field = schemaOf(...values.map((value) => ({ field: value }))).properties.field;
    expect(field).toEqual({ ...(property as object), "x-filled": expect.any(Number) });
  });

  it("adds what it sees to a standard field", () => {
    expect(schemaOf({ phone: 15550109999 }).properties.phone).toMatchObject({
      type: ["null", "string", "integer"],
    });
  });

  it("is the same text whatever the order of the contacts", () => {
    const contacts = [{ b: 1, email: "x" }, { a: [{ z: 1, y: "2" }] }, { __proto__x: true }];
    const text = JSON.stringify(schemaOf(...contacts));
    expect(JSON.stringify(schemaOf(...contacts.toReversed()))).toBe(text);
  });

  it("has a field that is called __proto__", () => {
    const { properties } = schemaOf(JSON.parse('{"__proto__": {"a": 1}}'));
    expect(Object.keys(properties)).toContain("__proto__");
  });

  it("tells which share of the records fills a field in", () => {
    const { properties } = schemaOf(
      { email: "a", size: "M" },
      { email: "b", size: "" },
      { email: "c", size: null },
    );
    expect(properties).toMatchObject({
      email: { "x-filled": 1 },
      phone: { "x-filled": 0 },
      size: { "x-filled": 0.333 },
    });
  });

  it("stays within bounds however many and however long the names are, and however deep the values", () => {
    const nested = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`);
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`field number ${n}`, n]));
    const text = JSON.stringify(schemaOf({ first: nested, ...many, ["x".repeat(2_000_000)]: 1 }));
    expect(text.length).toBeLessThan(5_000_000);
    expect(text).toContain('"first"');
  });
});
