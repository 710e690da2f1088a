import { expect, test } from "vitest";
import { createLog, redactor } from "../../../connector/reporting/log.js";

test.each<[string, string[], string, string]>([
  ["every occurrence of a secret", ["s3cret"], "s3cret, and s3cret again", "****, and **** again"],
  ["every secret", ["s3cret", "other"], "s3cret other", "**** ****"],
  ["the longer of two that overlap, whole", ["abcd", "abcdefgh"], "abcdefgh", "****"],
  ["secrets with characters that mean something in patterns", ["a.*b$&"], "a.*b$& axxb", "**** axxb"],
  ["a secret inside a word", ["s3cret"], "https://x/?key=s3cretly", "https://x/?key=****ly"],
])("a log hides %s", (_what, secrets, text, expected) => {
  const printed: [string, string][] = [];
  const log = createLog((level, message) => printed.push([level, message]), redactor(secrets));
  log.info(text);
  log.warn(text);
  log.error(text);
  expect(printed).toEqual([
    ["info", expected],
    ["warn", expected],
    ["error", expected],
  ]);
});

test.each<[string, string[]]>([
  ["there are no secrets", []],
  ["a secret is too short to be one", ["", "a", "abc"]],
])("a log leaves the text alone where %s", (_what, secrets) => {
  expect(redactor(secrets)("a plain abc text")).toBe("a plain abc text");
});
