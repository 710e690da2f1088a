import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { coerce, fits, founds, MAX_CHARACTERS } from "../../../destination-iterable/mapping/coercion.js";

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
  ["geo_location", null, "not_a_location"],
  ["unknown", null, "empty"],
  // Digits beyond what any number has are not even counted.
  ["long", "0".repeat(401), "not_an_integer"],
  ["double", "0".repeat(401), "not_a_number"],
  ["boolean", "x".repeat(401), "not_a_boolean"],
  ["object", { short: "x", long: "x".repeat(MAX_CHARACTERS + 1) }, "too_long"],
  ["object", nested(34), "too_deep"],
];

/** So many objects, each in the one before. */
function nested(levels: number): object {
  return levels === 1 ? {} : { inner: nested(levels - 1) };
}

/** What is sent as it stands, and what is not. */
const FITS: readonly [type: FieldType, yes: readonly unknown[], no: readonly unknown[]][] = [
  ["string", ["", "x".repeat(MAX_CHARACTERS), ["a"]], ["x".repeat(MAX_CHARACTERS + 1), 1, true, ["a", 1]]],
  ["long", [0, -1, [1]], [1.5, 2 ** 60, "1", [1, 1.5]]],
  ["double", [0, 1.5], ["1.5", Number.POSITIVE_INFINITY, true]],
  ["boolean", [true, false], ["true", 1]],
  ["date", ["2024-02-29", "2024-02-29 10:00:00 +00:00"], ["2024-13-45", "29.02.2024", 20_240_229]],
  ["object", [{}, nested(33), { text: "x".repeat(MAX_CHARACTERS) }], ["{}"]],
  ["nested", [{}], ["{}"]],
  ["geo_location", [{ lat: 52, lon: 13 }], [{ lat: 52 }]],
  ["unknown", ["text", 1, {}, [[]]], [null]],
];

/** Values that decide on the type of a field that Iterable does not have, and whether it is the one that is wanted. */
const FOUNDING: readonly [type: FieldType, value: unknown, founds: boolean][] = [
  ["double", 1.5, true],
  ["double", 1, false],
  ["double", "1.5", false],
  ["double", [1.5, 1], true],
  ["string", "text", true],
  ["string", "2024-02-29", false],
  ["string", ["2024-02-29"], false],
  ["string", 1, false],
  ["long", 1, true],
  ["boolean", true, true],
];

describe("a value for a field of Iterable's", () => {
  test.each(TABLE)("of type %s: %j becomes %j", (type, given, expected) => {
    expect(coerce(given, type)).toEqual({ ok: true, value: expected });
  });

  test.each(REFUSED)("of type %s: %j is refused as %s", (type, given, reason) => {
    expect(coerce(given, type)).toEqual({ ok: false, reason });
  });

  test.each(FITS)("of type %s is sent as it stands where it fits", (type, yes, no) => {
    for (const value of yes) expect(fits(value, type), JSON.stringify(value)).toBe(true);
    for (const value of no) expect(fits(value, type), JSON.stringify(value)).toBe(false);
    for (const value of yes) if (type !== "unknown") expect(fits([value, [value]], type)).toBe(false);
  });

  test.each(FOUNDING)("founds a field of type %s with %j: %s", (type, value, expected) => {
    expect(founds(value, type)).toBe(expected);
  });

  test("may be a whole number of so many digits, and no more", () => {
    expect(coerce("0".repeat(400), "double")).toEqual({ ok: true, value: 0 });
    expect(coerce("0".repeat(400), "long")).toEqual({ ok: true, value: 0 });
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
