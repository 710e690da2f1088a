import { describe, expect, test } from "vitest";
import { compileRows } from "../../../destination-iterable/existing/exported-profile.js";

const fields = ["city", "address", "address.zip", "score"];
const read = compileRows("email", fields);
const has = (row: object) => {
  const [mask = 0] = read(JSON.stringify(row))?.mask ?? [];
  return fields.filter((_, index) => (mask >>> index) & 1);
};
const email = "a@example.com";

describe("which fields a profile has", () => {
  test.each([
    ["none", { email }, []],
    ["a text", { email, city: "x" }, ["city"]],
    ["a text that nobody sees is none, as for a look-up", { email, city: " " }, []],
    ["null is none", { email, city: null, "address.zip": null, address: null }, []],
    ["zero and false are values", { email, score: 0, city: false }, ["city", "score"]],
    ["a dotted name is in its object too", { email, "address.zip": "1" }, ["address", "address.zip"]],
    ["an object", { email, address: { zip: "1" } }, ["address", "address.zip"]],
    ["an object without the part", { email, address: { street: "x" } }, ["address"]],
    ["another dotted part", { email, "address.street": "x" }, ["address"]],
    ["a name that only begins alike", { email, addressee: "x", "addresses.zip": "1" }, []],
    ["odd times", { email, city: "2025-12-19T22:43:34.134105.000Z" }, ["city"]],
  ])("%s", (_, row, expected) => expect(has(row)).toEqual(expected));
});

test("more fields than a word has bits", () => {
  const many = Array.from({ length: 70 }, (_, index) => `f${index}`);
  expect(compileRows("email", many)(JSON.stringify({ email, f0: 1, f31: 1, f32: 1, f69: 1 }))?.mask).toEqual([
    0x80000001,
    1,
    1 << 5,
  ]);
});

test.each([
  ["email", { email: " Ann@Example.COM " }, "ann@example.com"],
  ["email", { userId: "u1" }, undefined],
  ["email", { email: "" }, undefined],
  ["user_id", { userId: "U1", email }, "U1"],
  ["user_id", { userId: 17 }, "17"],
] as const)("by %s, %o is %s", (identifier, row, key) => {
  expect(compileRows(identifier, [])(JSON.stringify(row))?.key).toBe(key);
});

test.each(['{"email":"a@exa', "[1]", "null", "<html>"])("%s is no row", (line) => {
  expect(() => read(line)).toThrow(SyntaxError);
});
