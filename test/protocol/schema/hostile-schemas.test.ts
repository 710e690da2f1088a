import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../protocol/message.js";
import { patternsFor } from "../../../protocol/schema/patterns.js";
import { createRecordValidator } from "../../../protocol/schema/validation.js";

/** More than any of these takes, and less than what is not bounded would. */
const SECONDS = 20_000;

async function validatorOf(schema: JsonObject) {
  return createRecordValidator(schema, await patternsFor([schema]));
}

const nested = (depth: number, inner: unknown, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: depth }).reduce((value) => wrap(value), inner);

/** Definitions that each ask twice for the next: 2^40 checks where references are followed as they stand. */
function doubling(keyword: string): JsonObject {
  const definitions: JsonObject = { d40: { type: "number" } };
  for (let index = 0; index < 40; index += 1) {
    const next = { $ref: `#/definitions/d${index + 1}` };
    definitions[`d${index}`] = { [keyword]: [next, next] };
  }
  return { definitions, properties: { field: { $ref: "#/definitions/d0" } } };
}

describe("a schema of somebody else's", () => {
  test.each<[string, JsonObject, unknown]>([
    ["a pattern that backtracks", { type: "string", pattern: "^(a+)+$" }, `${"a".repeat(9_000)}!`],
    ["a pattern that backtracks twice", { type: "string", pattern: "(x+x+)+y" }, "x".repeat(9_000)],
    [
      "names of members with such a pattern",
      { type: "object", propertyNames: { pattern: "^(a+)+$" } },
      { [`${"a".repeat(5_000)}!`]: 1 },
    ],
    [
      "members by such a pattern",
      { type: "object", patternProperties: { "^(a+)+$": false }, additionalProperties: false },
      { [`${"a".repeat(5_000)}!`]: 1 },
    ],
    [
      "a long list whose items must differ",
      { type: "array", uniqueItems: true },
      [...Array.from({ length: 100_000 }, (_, index) => ({ index })), { index: 7 }],
    ],
  ])(
    "with %s refuses what does not fit, in linear time",
    { timeout: SECONDS },
    async (_what, field, value) => {
      const { invalidFields, unusedPatterns } = await validatorOf({ properties: { field } });
      expect(unusedPatterns).toEqual([]);
      expect(invalidFields({ field: value })).toEqual(["field"]);
    },
  );

  test.each<[string, JsonObject, unknown]>([
    ["allOf that doubles at every level", doubling("allOf"), "x"],
    ["anyOf that doubles at every level", doubling("anyOf"), "x"],
    [
      "more parts than are checked",
      {
        properties: { field: { anyOf: Array.from({ length: 2_000 }, (_, index) => ({ minLength: index })) } },
      },
      1,
    ],
    [
      "a constant that is nested deep",
      { properties: { field: { const: nested(5_000, 1, (inner) => [inner]) } } },
      1,
    ],
  ])("with %s checks the other fields", { timeout: SECONDS }, async (_what, schema, value) => {
    const properties = { ...(schema.properties as JsonObject), other: { type: "string" } };
    const { invalidFields, unchecked } = await validatorOf({ ...schema, properties });
    expect(unchecked).toEqual(["field"]);
    expect(invalidFields({ field: value, other: 1 })).toEqual(["other"]);
  });

  test.each<[string, unknown, unknown]>([
    [
      "5,000 levels of lists",
      nested(5_000, { type: "string" }, (items) => ({ type: "array", items })),
      nested(5_000, 1, (inner) => [inner]),
    ],
    [
      "5,000 levels of objects",
      nested(5_000, { type: "string" }, (a) => ({ type: "object", properties: { a } })),
      nested(5_000, 1, (a) => ({ a })),
    ],
  ])("of %s is checked where it is not deep", async (_what, field, value) => {
    const { invalidFields } = await validatorOf({ properties: { field } as JsonObject });
    expect(invalidFields({ field: value })).toEqual([]);
    expect(invalidFields({ field: "text" })).toEqual(["field"]);
  });

  test("that refers to itself is checked to its first turn, however deep the value is", async () => {
    const schema = {
      definitions: {
        node: {
          type: "object",
          properties: { name: { type: "string" }, child: { $ref: "#/definitions/node" } },
        },
      },
      properties: { tree: { $ref: "#/definitions/node" } },
    };
    const { invalidFields, unchecked } = await validatorOf(schema);
    expect(unchecked).toEqual([]);
    expect(invalidFields({ tree: nested(5_000, { name: "x" }, (child) => ({ child })) })).toEqual([]);
    expect(invalidFields({ tree: { name: 1 } })).toEqual(["tree"]);
    expect(invalidFields({ tree: "none" })).toEqual(["tree"]);
  });

  test.each<[string, (index: number) => JsonObject, number]>([
    ["alike", () => ({ type: ["null", "string"] }), 0],
    ["that differ by their titles alone", (index) => ({ type: "string", title: `Field ${index}` }), 0],
    ["that all differ", (index) => ({ type: "string", maxLength: 10 + index }), 19_500],
  ])("with 20,000 fields %s is ready at once", { timeout: SECONDS }, async (_what, fieldOf, without) => {
    const properties = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`field${index}`, fieldOf(index)]),
    );
    const { invalidFields, unchecked } = await validatorOf({ properties });
    expect(unchecked).toHaveLength(without);
    expect(invalidFields({ field3: 7, field4: "x", field5: null })).toEqual(["field3"]);
  });
});

describe("a pattern", () => {
  test.each([
    ["that looks ahead", "^(?=.*a)b"],
    ["that refers back", "^(a)\\1$"],
    ["that is none", "("],
    ["that repeats a repetition", "((a{100}){100}){100}"],
    ["of ten thousand characters", "a".repeat(10_000)],
  ])("%s is passed over, and the rest of its schema holds", async (_what, pattern) => {
    const field = { type: "string", pattern };
    const { invalidFields, unusedPatterns, unchecked } = await validatorOf({ properties: { field } });
    expect(unusedPatterns).toEqual([pattern]);
    expect(unchecked).toEqual([]);
    expect(invalidFields({ field: "anything" })).toEqual([]);
    expect(invalidFields({ field: 1 })).toEqual(["field"]);
  });

  test.each([
    ["^\\d{4}-\\d\\d$", "2026-11", "2026-1"],
    ["^[\\w.+-]+@example\\.com$", "a.b+c@example.com", "a b@example.com"],
    ["^\\u0041\\x42$", "AB", "ab"],
    ["^(?:yes|no)$", "no", "maybe"],
    ["\\p{Lu}", "É", "é"],
  ])("%s tells texts apart as JavaScript does", async (pattern, fits, fitsNot) => {
    const { invalidFields } = await validatorOf({ properties: { a: { pattern } } });
    expect([invalidFields({ a: fits }), invalidFields({ a: fitsNot })]).toEqual([[], ["a"]]);
    expect([new RegExp(pattern, "u").test(fits), new RegExp(pattern, "u").test(fitsNot)]).toEqual([
      true,
      false,
    ]);
  });

  test("of members that cannot be used lets every member in", async () => {
    const field = { type: "object", patternProperties: { "(?=a)": {} }, additionalProperties: false };
    const { invalidFields } = await validatorOf({ properties: { field } });
    expect(invalidFields({ field: { x: 1 } })).toEqual([]);
  });

  test("is not run over a text that would take long", async () => {
    const { invalidFields } = await validatorOf({ properties: { a: { pattern: "^b" } } });
    expect(invalidFields({ a: "a".repeat(10_001) })).toEqual([]);
  });

  test("loads its engine only where a schema has one", async () => {
    expect(await patternsFor([{ properties: { a: { type: "string" } } }])).toBeUndefined();
    expect(await patternsFor([{}, { properties: { a: { items: { pattern: "x" } } } }])).toBeDefined();
  });
});

test("null is valid wherever a value is one of a list, a constant or a choice", async () => {
  const properties = {
    choice: { enum: ["a", "b"] },
    constant: { const: 1 },
    either: { oneOf: [{ type: "string" }, { type: "number" }] },
    never: { not: { type: "null" } },
    inside: { type: "object", properties: { choice: { enum: ["a"] } } },
  };
  const { invalidFields } = await validatorOf({ properties });
  expect(
    invalidFields({ choice: null, constant: null, either: null, never: null, inside: { choice: null } }),
  ).toEqual([]);
  expect(invalidFields({ choice: "c", constant: 2, either: true, inside: { choice: "b" } })).toEqual([
    "choice",
    "constant",
    "either",
    "inside",
  ]);
});
