import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fingerprint } from "../../../source-flowcode/streams/fingerprint.js";

/** What states of earlier versions hold: the JSON with the names of every object in the order of their characters. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`);
  return `{${members.join()}}`;
}

const name = fc.oneof(fc.constantFrom("a", "b", "10", "9", "-1", "__proto__"), fc.string());

test("a fingerprint stays what it was, whatever is in the row and was in the row before", () => {
  const row = fc.dictionary(name, fc.jsonValue());
  fc.assert(
    fc.property(row, (value) => {
      const expected = createHash("sha1").update(canonical(value)).digest("base64url").slice(0, 8);
      expect(fingerprint(value, 8)).toBe(expected);
    }),
    { seed: 20261124, numRuns: 1000 },
  );
});

test("a fingerprint does not depend on the order of names", () => {
  const one = { a: 1, b: [1, { c: 2, d: 3 }], e: { f: 4, g: 5 } };
  const other = { e: { g: 5, f: 4 }, b: [1, { d: 3, c: 2 }], a: 1 };
  expect(fingerprint(other, 8)).toBe(fingerprint(one, 8));
  expect(fingerprint({ ...one, a: 2 }, 8)).not.toBe(fingerprint(one, 8));
});
