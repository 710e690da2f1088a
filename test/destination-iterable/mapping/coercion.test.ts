import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { coerce, fits } from "../../../destination-iterable/mapping/coercion.js";

const TABLE: readonly [type: FieldType, given: unknown, expected: unknown][] = [
  ["string", "text", "text"],
  ["string", "  padded ", "padded"],
  ["string", "", ""],
  ["string", "2024-01-01", "2024-01-01"],
  ["string", 42, "42"],
  ["string", 0.1, "0.1"],
  ["string", true, "true"],
  ["string", ["a", 1], ["a", "1"]],
  ["long", 42, 42],
  ["long", 3.0, 3],
  ["long", " -7 ", -7],
  ["long", "007", 7],
  ["long", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["long", ["1", 2], [1, 2]],
  ["double", 1.5, 1.5],
  ["double", 1, 1],
  ["double", "1.5e3", 1500],
  ["double", ".5", 0.5],
  ["boolean", false, false],
  ["boolean", "Yes", true],
  ["boolean", "no", false],
  ["boolean", 1, true],
  ["boolean", "0", false],
  ["date", "2024-02-29", "2024-02-29"],
  ["date", "2024-02-29 10:00:00", "2024-02-29 10:00:00"],
  ["date", "2024-02-29 10:00:00 +02:00", "2024-02-29 10:00:00 +02:00"],
  ["date", "2024-02-29T10:00:00.000Z", "2024-02-29T10:00:00.000Z"],
  ["date", "2024-02-29T10:00:00.000+01:00", "2024-02-29T10:00:00.000+01:00"],
  ["date", "2024-02-29T10:00:00Z", "2024-02-29 10:00:00 +00:00"],
  ["date", "2024-02-29T10:00:00.123456789Z", "2024-02-29 10:00:00 +00:00"],
  ["date", "2024-02-29t10:00:00z", "2024-02-29 10:00:00 +00:00"],
  ["date", "2024-02-29 10:00:00.000", "2024-02-29 10:00:00 +00:00"],
  ["date", "2024-02-29T12:00:00+02:00", "2024-02-29 10:00:00 +00:00"],
  ["date", ["2024-02-29"], ["2024-02-29"]],
  ["object", { a: 1 }, { a: 1 }],
  ["nested", [{ a: 1 }], [{ a: 1 }]],
  ["geo_location", { lat: 52.5, lon: 13.4 }, { lat: 52.5, lon: 13.4 }],
  ["unknown", "anything", "anything"],
  ["unknown", 5, 5],
  ["unknown", [[1]], [[1]]],
  ["date", "2024-02-29T24:00:00Z", "2024-03-01 00:00:00 +00:00"],
];

const REFUSED: readonly [type: FieldType, given: unknown, reason: string][] = [
  ["string", { a: 1 }, "not_text"],
  ["string", Number.NaN, "not_a_number"],
  ["string", "x".repeat(32_001), "too_long"],
  ["string", 2 ** 60, "too_large"],
  ["date", "0000-01-01T00:00:00+10:00", "not_a_date"],
  ["object", { a: { b: Number.POSITIVE_INFINITY } }, "not_a_number"],
  ["object", { a: ["x".repeat(32_001)] }, "too_long"],
  ["string", [["a"]], "nested_list"],
  ["long", 3.5, "not_an_integer"],
  ["long", "3.5", "not_an_integer"],
  ["long", "M", "not_an_integer"],
  ["long", "", "empty"],
  ["long", "9007199254740993", "too_large"],
  ["long", 2 ** 60, "too_large"],
  ["long", true, "not_an_integer"],
  ["long", [1, "x"], "not_an_integer"],
  ["double", "many", "not_a_number"],
  ["double", Number.POSITIVE_INFINITY, "not_a_number"],
  ["double", "1e999", "not_a_number"],
  ["boolean", "maybe", "not_a_boolean"],
  ["boolean", 2, "not_a_boolean"],
  ["date", "2024-02-30", "not_a_date"],
  ["date", "29.02.2024", "not_a_date"],
  ["date", 1_700_000_000, "not_a_date"],
  ["date", "", "empty"],
  ["object", "text", "not_an_object"],
  ["geo_location", { lat: 91, lon: 0 }, "not_a_location"],
  ["geo_location", { lat: "52", lon: 13 }, "not_a_location"],
];

describe("a value for a field of Iterable's", () => {
  test.each(TABLE)("of type %s: %j becomes %j", (type, given, expected) => {
    expect(coerce(given, type)).toEqual({ ok: true, value: expected });
  });

  test.each(REFUSED)("of type %s: %j is refused as %s", (type, given, reason) => {
    expect(coerce(given, type)).toEqual({ ok: false, reason });
  });

  test("fits once it has been coerced, whatever it was", () => {
    const types = [...new Set(TABLE.map(([type]) => type))];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.jsonValue(), (type, value) => {
        const coerced = value === null ? undefined : coerce(value, type);
        if (coerced?.ok) expect(fits(coerced.value, type)).toBe(true);
      }),
      { seed: 20260103, numRuns: 2000 },
    );
  });
});
