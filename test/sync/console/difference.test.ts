import { expect, test } from "vitest";
import { type Difference, differences } from "../../../sync/console/difference.js";

test.each<[string, unknown, unknown, Difference[]]>([
  ["the same settings", { a: { b: [1] } }, { a: { b: [1] } }, []],
  ["another value", { a: { b: 1 } }, { a: { b: 2 } }, [{ at: "/a/b", saved: 1, yours: 2 }]],
  ["a setting that was added", { a: {} }, { a: { b: 2 } }, [{ at: "/a/b", yours: 2 }]],
  ["a setting that was taken out", { a: { b: 1 } }, { a: {} }, [{ at: "/a/b", saved: 1 }]],
  ["another order", { a: [1, 2] }, { a: [2, 1] }, [{ at: "/a", saved: [1, 2], yours: [2, 1] }]],
  ["a name with a slash", { "a/b": 1 }, { "a/b": 2 }, [{ at: "/a~1b", saved: 1, yours: 2 }]],
  ["a value in place of a group", { a: { b: 1 } }, { a: null }, [{ at: "/a", saved: { b: 1 }, yours: null }]],
])("%s", (_what, saved, yours, expected) => {
  expect(differences(saved, yours)).toEqual(expected);
});
