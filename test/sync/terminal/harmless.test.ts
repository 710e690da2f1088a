import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { harmless, jsonLine, tame } from "../../../sync/terminal/harmless.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not get through.
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("text of others", () => {
  test.each([
    ["\x1b[31mred\x1b[0m", "␛[31mred␛[0m"],
    ["\x1b]0;title\x07", "␛]0;title␇"],
    ["a\r\nRun 9 succeeded", "a Run 9 succeeded"],
    ["one\ttwo", "one two"],
    ["8-bit \u009b2J", "8-bit \ufffd2J"],
    ["right to left \u202egpj.exe", "right to left \ufffdgpj.exe"],
    ["half \ud83d", "half \ufffd"],
    ["marks \ufdd3 of ours", "marks \ufffd of ours"],
    ["お名前 👩‍👩‍👧 עברית", "お名前 👩‍👩‍👧 עברית"],
  ])("%j is shown as %j", (text, shown) => {
    expect(harmless(text)).toBe(shown);
  });

  test("never holds anything that a terminal obeys, whatever it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(harmless(text)).not.toMatch(OBEYED);
        expect(harmless(text)).not.toContain("\n");
        expect(tame(text)).not.toMatch(OBEYED);
      }),
    );
  });

  test("as JSON means the same as before, and is obeyed by no terminal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(JSON.parse(jsonLine({ text }))).toEqual({ text });
        expect(jsonLine({ text })).not.toMatch(OBEYED);
      }),
    );
  });
});
