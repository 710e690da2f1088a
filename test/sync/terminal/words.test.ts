import { expect, test } from "vitest";
import { ago, counted, lasting, listed } from "../../../sync/terminal/words.js";

test.each([
  [0, "0 contacts"],
  [1, "1 contact"],
  [2940, "2,940 contacts"],
])("%i is said as %s", (count, words) => {
  expect(counted(count, "contact")).toBe(words);
});

test.each([
  [0, "now"],
  [-1_000, "1 second ago"],
  [-119_000, "1 minute ago"],
  [-120_000, "2 minutes ago"],
  [-7_200_000, "2 hours ago"],
  [-86_400_000, "yesterday"],
  [1_800_000, "in 30 minutes"],
])("%i ms from now is %s", (ms, words) => {
  expect(ago(1_000_000_000_000 + ms, 1_000_000_000_000)).toBe(words);
});

test.each([
  [840, "0.8 s"],
  [51_000, "51 s"],
  [59_900, "1 min 0 s"],
  [428_000, "7 min 8 s"],
  [3_840_000, "1 h 4 min"],
])("%i ms are %s", (ms, words) => {
  expect(lasting(ms)).toBe(words);
});

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b", "c"], "a, b and c"],
])("%j is a list in a sentence", (names, words) => {
  expect(listed(names)).toBe(words);
});
