import { describe, expect, test } from "vitest";
import { mentions, rowOf, rowOn } from "../../../sync/compare/row.js";

const STREAMS = [
  { stream: { name: "contacts" }, primary_key: [["contact_key"]], cursor_field: ["meta", "changed"] },
];
const row = (data: Record<string, unknown>, stream = "contacts") => rowOf({ stream, data }, STREAMS);

test("a row is told apart by its primary key, within its stream", () => {
  const ann = row({ contact_key: "ann", name: "Ann" });
  expect(row({ contact_key: "ann", name: "Other" }).key).toBe(ann.key);
  expect(row({ contact_key: "bea" }).key).not.toBe(ann.key);
  expect(row({ contact_key: "ann" }, "others").key).not.toBe(ann.key);
});

test("a row without a key is told apart by all that it is", () => {
  expect(row({ name: "Ann" }).key).toBe(row({ name: "Ann" }).key);
  expect(row({ name: "Ann" }).key).not.toBe(row({ name: "Bea" }).key);
});

test("a row says when it was changed, by the cursor, where it does", () => {
  const at = "2026-01-01T00:00:00.123456789Z";
  expect(row({ meta: { changed: at } }).changedAt).toBe(Date.parse("2026-01-01T00:00:00.123Z"));
  for (const data of [{}, { meta: null }, { meta: { changed: "some day" } }])
    expect(row(data).changedAt).toBeUndefined();
});

test("a line of a rejects file is a row like one of the source", () => {
  const record = { stream: "contacts", data: { contact_key: "ann" }, emitted_at: 1 };
  const line = JSON.stringify({ type: "RECORD", record, rejection: { line: 1 } });
  expect(rowOn(line, STREAMS).key).toBe(row({ contact_key: "ann" }).key);
});

describe("a record mentions a text", () => {
  test.each<[string, unknown, boolean]>([
    ["as a value", { email: "ann@example.com" }, true],
    ["in other case, with space around it", { email: " Ann@Example.com\n" }, true],
    ["deep inside", { answers: [{ mail: "ann@example.com" }] }, true],
    ["not as a part of another", { email: "joann@example.com", text: "write to ann@example.com" }, false],
    ["not as a name", { "ann@example.com": "yes" }, false],
    ["not where nothing is", { email: null, count: 3 }, false],
  ])("%s", (_what, data, expected) => {
    expect(mentions(data, "ann@example.com")).toBe(expected);
  });
});
