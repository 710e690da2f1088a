import { expect, test } from "vitest";
import { createCounts } from "../../../destination-iterable/accounting/counts.js";

test("counts by field and reason, the most frequent first", () => {
  const counts = createCounts<"a" | "b">();
  counts.add("x", "a");
  counts.add("x", "b");
  counts.add("x", "b");
  counts.add(null, "a");
  expect(counts.list()).toEqual([
    { field: "x", reason: "b", count: 2 },
    { field: null, reason: "a", count: 1 },
    { field: "x", reason: "a", count: 1 },
  ]);
});

test("names a thousand fields, however many there are, and loses count of none", () => {
  const counts = createCounts<"a">();
  for (let number = 0; number < 600_000; number += 1) counts.add(`field ${number % 100_000}`, "a");
  const list = counts.list();
  expect(list).toHaveLength(1001);
  expect(list[0]?.field).toBe("(other fields)");
  expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(600_000);
});

test("keeps the beginning of a name that is very long", () => {
  const counts = createCounts<"a">();
  counts.add("n".repeat(1_000_000), "a");
  expect(counts.list()[0]?.field).toBe(`${"n".repeat(200)}…`);
});
