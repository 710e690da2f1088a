import { expect, test } from "vitest";
import { parseRecordLine } from "../../../sync/pipe/record-line.js";

test.each<[string, unknown]>([
  ['{"a":NaN,"b":[Infinity,-Infinity,1.5],"c":"NaN"}', { a: null, b: [null, null, 1.5], c: "NaN" }],
  ['{"a":NaN,"b":"\\"NaN, \\\\","c":NaN}', { a: null, b: '"NaN, \\', c: null }],
  [`{"a":NaN,"b":"${"x".repeat(5_000_000)}"}`, { a: null, b: "x".repeat(5_000_000) }],
  ['{"NaN":1}', { NaN: 1 }],
])("a line as Python writes it is read: %.60s", (line, value) => {
  expect(parseRecordLine(line)).toEqual(value);
});

test.each(["", "{", '{"a":NaNs}', '{"a":"NaN}', "Infinity NaN"])(
  "what is no JSON even so is none: %j",
  (line) => {
    expect(() => parseRecordLine(line)).toThrow(SyntaxError);
  },
);
