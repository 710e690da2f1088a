import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../protocol/message.js";
import { createRecordValidator } from "../../../protocol/schema/validation.js";

const invalid = (properties: JsonObject, record: JsonObject, others: JsonObject = {}) =>
  createRecordValidator({ type: "object", properties, ...others }).invalidFields(record);

describe("a record against its schema", () => {
  test("is judged field by field, so that one bad value costs no other", () => {
    const properties = { a: { type: "string" }, b: { type: "integer" }, c: { type: ["null", "boolean"] } };
    expect(invalid(properties, { a: 1, b: 2, c: "yes" })).toEqual(["a", "c"]);
    expect(invalid(properties, { a: "1", b: 2, c: true })).toEqual([]);
  });

  test.each<[string, unknown, JsonObject]>([
    ["a null where the schema forbids it", null, { type: "string" }],
    ["a field that is absent", undefined, { type: "string" }],
    [
      "a date that is none, since formats are for the destination to judge",
      "soon",
      { type: "string", format: "date-time" },
    ],
    ["a format that nobody knows", "x", { type: "string", format: "hologram" }],
    ["anything, where the schema is true", { a: 1 }, true as unknown as JsonObject],
    ["anything, where the schema is empty", [1], {}],
    ["Airbyte's own keywords", "2026-01-01", { type: "string", airbyte_type: "timestamp_without_timezone" }],
    ["a whole number as a number", 5, { type: "number" }],
    ["a number without a fraction as an integer", 5.0, { type: "integer" }],
    ["a value of a list", "b", { enum: ["a", "b"] }],
    ["one of several types", 5, { type: ["null", "string", "number"] }],
    ["one of several schemas", 5, { anyOf: [{ type: "string" }, { type: "number" }] }],
    ["an object with keys that are not listed", { x: 1 }, { type: "object", properties: {} }],
  ])("accepts %s", (_what, value, schema) => {
    expect(invalid({ field: schema }, { field: value })).toEqual([]);
  });

  test.each<[string, unknown, JsonObject]>([
    ["a number for a text", 5, { type: "string" }],
    ["a text for a number", "5", { type: "number" }],
    ["a fraction for an integer", 5.5, { type: "integer" }],
    ["a value outside the list", "c", { enum: ["a", "b"] }],
    ["a text that is too long", "abc", { type: "string", maxLength: 2 }],
    ["a list with a wrong item", [1, "x"], { type: "array", items: { type: "number" } }],
    ["an object with a wrong member", { a: 1 }, { type: "object", properties: { a: { type: "string" } } }],
    ["anything, where the schema is false", 1, false as unknown as JsonObject],
  ])("refuses %s", (_what, value, schema) => {
    expect(invalid({ field: schema }, { field: value })).toEqual(["field"]);
  });

  test("may lack fields that the schema requires, and have fields that it does not list", () => {
    const others = { required: ["a"], additionalProperties: false };
    expect(invalid({ a: { type: "string" } }, { extra: 1 }, others)).toEqual([]);
  });

  test.each(["definitions", "$defs"])("may refer to %s that its fields share", (name) => {
    const properties = { a: { $ref: `#/${name}/text` }, b: { $ref: `#/${name}/text` } };
    const others = { [name]: { text: { type: "string" } } };
    expect(invalid(properties, { a: "x", b: 1 }, others)).toEqual(["b"]);
  });

  test.each<[string, JsonObject]>([
    ["a reference that leads nowhere", { $ref: "#/definitions/missing" }],
    ["a reference into the network", { $ref: "https://example.com/schema.json" }],
    ["a type that does not exist", { type: "text" }],
  ])("says of a field with %s that it is not checked, and checks the others", (_what, schema) => {
    const validator = createRecordValidator({ properties: { bad: schema, good: { type: "string" } } });
    expect(validator.unchecked).toEqual(["bad"]);
    expect(validator.invalidFields({ bad: 7, good: 7 })).toEqual(["good"]);
  });

  test.each<[string, JsonObject]>([
    ["no properties", { type: "object" }],
    ["properties that are a list", { properties: ["a"] }],
    ["nothing in it", {}],
  ])("accepts every record where the schema has %s", (_what, schema) => {
    const validator = createRecordValidator(schema);
    expect(validator.invalidFields({ a: 1, b: null })).toEqual([]);
    expect(validator.unchecked).toEqual([]);
  });

  test("checks fields with names that objects have by themselves", () => {
    const properties = Object.fromEntries([
      ["constructor", { type: "string" }],
      ["toString", { type: "string" }],
    ]);
    expect(invalid(properties, { email: "a@x.com" })).toEqual([]);
  });
});

test("a null deep inside an object or a list is valid too", () => {
  const schema = {
    properties: {
      address: { type: "object", properties: { zip: { type: "string" } } },
      tags: { type: "array", items: { type: "string" } },
    },
  };
  const { invalidFields } = createRecordValidator(schema);
  expect(invalidFields({ address: { zip: null }, tags: ["a", null] })).toEqual([]);
  expect(invalidFields({ address: { zip: 1 }, tags: [1] })).toEqual(["address", "tags"]);
});
