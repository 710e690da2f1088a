import { describe, expect, test } from "vitest";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { coerce } from "../../../destination-iterable/mapping/coercion.js";
import { parseExact } from "../../../protocol/exact.js";

const TYPES = [
  "string",
  "date",
  "long",
  "double",
  "boolean",
  "object",
  "nested",
  "geo_location",
  "unknown",
] as const;
const UNSAFE = 2 ** 53;

/** A value of every JSON type, and its column of `TYPES`: `=` is sent as it is, `!reason` is not sent, else what is sent. */
// biome-ignore format: a table is read by its columns.
const CELLS: readonly (readonly [value: unknown, ...cells: unknown[]])[] = [
  ["plain", "=", "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["  42 ", "42", "!not_a_date", 42, 42, "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "42"],
  ["on", "=", "!not_a_date", "!not_an_integer", "!not_a_number", true, "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["off", "=", "!not_a_date", "!not_an_integer", "!not_a_number", false, "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [["a", " ", "\u200b"], ["a"], "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["-7", "=", "!not_a_date", -7, -7, "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["1", "=", "!not_a_date", 1, 1, true, "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["3.5", "=", "!not_a_date", "!not_an_integer", 3.5, "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["1e3", "=", "!not_a_date", "!not_an_integer", 1000, "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["TRUE", "=", "!not_a_date", "!not_an_integer", "!not_a_number", true, "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["2024-02-29", "=", "=", "!not_an_integer", "!not_a_number", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["2024-02-29T10:00:00Z", "=", "2024-02-29 10:00:00 +00:00", "!not_an_integer", "!not_a_number", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["", "=", "!empty", "!empty", "!empty", "!empty", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [42, "42", "!not_a_date", "=", "=", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [0, "0", "!not_a_date", "=", "=", false, "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [-1.5, "-1.5", "!not_a_date", "!not_an_integer", "=", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [UNSAFE, "!too_large", "!not_a_date", "!too_large", "=", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  ["9007199254740993", "=", "!not_a_date", "!too_large", UNSAFE, "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [true, "true", "!not_a_date", "!not_an_integer", "!not_a_number", "=", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [{ a: 1 }, "!not_text", "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "=", "=", "!not_a_location", "="],
  [{ lat: -90, lon: 180 }, "!not_text", "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "=", "=", "=", "="],
  [{ lat: 1 }, "!not_text", "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "=", "=", "!not_a_location", "="],
  [[1, "2"], ["1", "2"], "!not_a_date", [1, 2], [1, 2], "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [[1, null], ["1"], "!not_a_date", [1], [1], [true], "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [["a", { b: 1 }], "!not_text", "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "!not_an_object", "!not_an_object", "!not_a_location", "="],
  [[{ lat: 1, lon: 2 }], "!not_text", "!not_a_date", "!not_an_integer", "!not_a_number", "!not_a_boolean", "=", "=", "=", "="],
  [[[1]], "!nested_list", "!nested_list", "!nested_list", "!nested_list", "!nested_list", "!nested_list", "!nested_list", "!nested_list", "="],
  [[null], "!empty", "!empty", "!empty", "!empty", "!empty", "!empty", "!empty", "!empty", "="],
  [[], "=", "=", "=", "=", "=", "=", "=", "=", "="],
];

const asCell = (value: unknown, type: FieldType): unknown => {
  const coerced = coerce(value, type);
  if (!coerced.ok) return `!${coerced.reason}`;
  return JSON.stringify(coerced.value) === JSON.stringify(value) ? "=" : coerced.value;
};

describe("every JSON type in a field of every type", () => {
  test.each(CELLS)("%j", (value, ...cells) => {
    expect(TYPES.map((type) => asCell(value, type))).toEqual(cells);
  });
});

describe("a date", () => {
  test.each([
    ["2024-02-29"],
    ["2024-02-29 10:30:00"],
    ["2024-02-29 10:30:00 +05:30"],
    ["2024-02-29T10:30:00.123+05:30"],
    ["2024-02-29T10:30:00.123Z"],
  ])("in a form that Iterable reads stays as it is: %s", (text) => {
    expect(asCell(text, "date")).toBe("=");
  });

  test.each([
    ["2024-02-29 10:30:00.123", "2024-02-29 10:30:00 +00:00"],
    ["2024-02-29 10:30:00.123 +02:00", "2024-02-29 08:30:00 +00:00"],
    ["2024-02-29T10:30:00", "2024-02-29 10:30:00 +00:00"],
    ["2024-02-29T10:30Z", "2024-02-29 10:30:00 +00:00"],
    ["2024-02-29T23:30:00-01:00", "2024-03-01 00:30:00 +00:00"],
    ["2024-02-29T10:30:00.123456+0200", "2024-02-29 08:30:00 +00:00"],
    [" 2024-02-29 ", "2024-02-29"],
  ])("in another ISO form is written anew: %s", (text, written) => {
    expect(asCell(text, "date")).toBe(written);
  });

  test.each([
    "29/02/2024",
    "02/29/2024",
    "Feb 29, 2024",
    "2023-02-29",
    "2024-13-01",
    "2024-02-29 25:00:00",
    "20240229",
    "1709202600",
    "today",
  ])("in any other form is not guessed at: %s", (text) => {
    expect(asCell(text, "date")).toBe("!not_a_date");
  });
});

test("whole numbers beyond 2^53 keep their digits as texts, and are no longs, rather than other numbers", () => {
  const { id } = parseExact('{"id":9223372036854775807}') as { id: unknown };
  expect(asCell(id, "string")).toBe("=");
  expect(coerce(id, "string")).toEqual({ ok: true, value: "9223372036854775807" });
  expect(asCell(id, "long")).toBe("!too_large");
});
