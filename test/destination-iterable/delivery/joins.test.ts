import { describe, expect, test } from "vitest";
import { appended } from "../../../destination-iterable/delivery/joins.js";

describe("what is appended to a list", () => {
  test.each([
    [undefined, "a", ["a"]],
    [undefined, ["a", "b", "a"], ["a", "b"]],
    [["a"], "b", ["a", "b"]],
    [["a"], ["a"], undefined],
    ["a", "b", ["a", "b"]],
    [[1], ["1"], [1, "1"]],
    [[{ x: 1 }], { x: 1 }, undefined],
  ])("%j and %j are %j", (held, value, list) => {
    expect(appended(held, value)).toEqual(list);
  });

  test("leaves what was there as it is", () => {
    const held = ["a"];
    appended(held, "b");
    expect(held).toEqual(["a"]);
  });
});
