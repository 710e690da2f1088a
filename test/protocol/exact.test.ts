import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExact } from "../../protocol/exact.js";

test.each([
  ['{"id":9007199254740993}', { id: "9007199254740993" }],
  ['{"id":-12345678901234567890}', { id: "-12345678901234567890" }],
  ['{"id":9007199254740991}', { id: 9007199254740991 }],
  [
    '{"text":"number 9007199254740993 \\" 9007199254740993"}',
    { text: 'number 9007199254740993 " 9007199254740993' },
  ],
  ['{"x":0.1234567890123456}', { x: 0.1234567890123456 }],
  [`{"id":1${"0".repeat(400)}}`, { id: `1${"0".repeat(400)}` }],
  [`${"[".repeat(500)}9007199254740993${"]".repeat(500)}`, nested(500, "9007199254740993")],
  ['{"x":1e30,"y":[12345678901234567890]}', { x: 1e30, y: ["12345678901234567890"] }],
])("%s keeps every digit", (text, expected) => {
  expect(parseExact(text)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['{"a":NaN,"b":1}', { a: Infinity, b: 1 }],
  ['{"a":-Infinity,"b":[Infinity, NaN]}', { a: Infinity, b: [Infinity, Infinity] }],
  ['{"t":"NaN, -Infinity \\" NaN","a": NaN }', { t: 'NaN, -Infinity " NaN', a: Infinity }],
  ['{"a":NaN,"id":9007199254740993}', { a: Infinity, id: "9007199254740993" }],
])("%s is read as Python's json writes it", (text, expected) => {
  expect(parseExact(text)).toEqual(expected);
});

test.each([
  '{"a":NaNs}',
  '{"a":1NaN}',
  '{"a":-NaN}',
  "{NaN:1}",
  '{"a":nan}',
  '{"a":NaN',
  '{"a":"NaN',
  "a NaN",
])("%s stays no JSON", (text) => {
  expect(() => parseExact(text)).toThrow(SyntaxError);
});

test("everything else is as JSON.parse has it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = JSON.parse(text);
      const isExact = !/\d{16}/.test(text);
      if (isExact) expect(parseExact(text)).toEqual(parsed);
      else expect(() => parseExact(text)).not.toThrow();
    }),
    { seed: 20260105, numRuns: 1000 },
  );
});

test.each(["{", '{"a":12345678901234567', '{"a":1234567890123456789x}'])("%s is refused", (text) => {
  expect(() => parseExact(text)).toThrow(SyntaxError);
});

function nested(depth: number, value: unknown): unknown {
  return depth === 0 ? value : [nested(depth - 1, value)];
}

describe("beside a number that is inexact", () => {
  const BIG = "12345678901234567890";

  test.each<[string, string]>([
    ["a text of 16 MB", "x".repeat(16_000_000)],
    ["a text of escaped quotes", '"'.repeat(4_000_000)],
    ["a text of backslashes", "\\".repeat(4_000_000)],
    ["a text of digits", "9".repeat(4_000_000)],
    ["a text that looks like JSON", `{"n":${BIG}}`],
  ])("%s stays as it is", (_what, inside) => {
    const parsed = parseExact(`{"n":${BIG},"t":${JSON.stringify(inside)}}`) as { n: unknown; t: string };
    expect(parsed.n).toBe(BIG);
    expect(parsed.t === inside).toBe(true);
  });

  test("100,000 levels of nesting are read", () => {
    const text = `${"[".repeat(100_000)}${BIG}${"]".repeat(100_000)}`;
    let inner = parseExact(text);
    while (Array.isArray(inner)) inner = inner[0];
    expect(inner).toBe(BIG);
  });
});
