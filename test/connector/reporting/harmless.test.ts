import fc from "fast-check";
import { expect, test } from "vitest";
import { harmless, harmlessOutput } from "../../../connector/reporting/harmless.js";

test.each([
  ["an escape sequence", "a\u001b[2Jb", "a\\u001b[2Jb"],
  ["a carriage return", "fine\rFAILED", "fine\\u000dFAILED"],
  ["a bell and a backspace", "\u0007\u0008", "\\u0007\\u0008"],
  ["a control sequence of one character", "\u009b31m", "\\u009b31m"],
  ["an override of the direction", "a\u202egnp.exe", "a\\u202egnp.exe"],
  ["an isolated direction", "\u2066a\u2069", "\\u2066a\\u2069"],
  ["invisible characters", "a\u200bb\ufeff", "a\\u200bb\\ufeff"],
  ["half a surrogate pair", "a\ud83d", "a\\ud83d"],
  ["a hidden tag", "\u{e0041}", "\\udb40\\udc41"],
  ["separators of lines", "a\u2028b\u2029", "a\\u2028b\\u2029"],
])("%s is written out", (_what, text, shown) => {
  expect(harmless(text)).toBe(shown);
});

test.each(["Zoë 🦊", "two\nlines\tand a tab", "שלום", "日本語", "a – b"])("%j stays as it is", (text) => {
  expect(harmless(text)).toBe(text);
});

test("a long text is cut, and how much is missing is said", () => {
  expect(harmless("x".repeat(1_000_000))).toHaveLength(8_000 + " … (992000 more)".length);
  expect(harmless(`${"x".repeat(7_999)}🦊`)).toMatch(/x\\ud83e … \(1 more\)$/);
});

test("whatever the text, no control character is left, and JSON reads the same value", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const controls = [...harmless(text)].filter((one) => /\p{Cc}/u.test(one) && !/[\n\t]/.test(one));
      expect(controls).toEqual([]);
      expect(JSON.parse(harmlessOutput(JSON.stringify({ text })))).toEqual({ text });
    }),
  );
});
