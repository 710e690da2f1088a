import { describe, expect, test } from "vitest";
import { appended, formOf } from "../../../destination-iterable/delivery/joins.js";

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

  test.each([
    [["2026-01-02 03:04:05 +00:00"], "2026-01-02T03:04:05.678Z", undefined],
    [["2026-01-02 03:04:05 +00:00"], "2026-01-02T04:04:05+01:00", undefined],
    [["2026-01-02 03:04:05 +00:00"], "2026-01-03", ["2026-01-02 03:04:05 +00:00", "2026-01-03"]],
    [["never"], "never", undefined],
  ])("of dates, which Iterable gives back in a form of its own: %j and %j are %j", (held, value, list) => {
    const types = new Map([["seen", "date" as const]]);
    expect(appended(held, value, formOf("seen", types))).toEqual(list);
    expect(appended(held, value, formOf("other", types))).toEqual(
      list === undefined && held[0] === value ? undefined : [...held, value],
    );
  });

  test("leaves what was there as it is", () => {
    const held = ["a"];
    appended(held, "b");
    expect(held).toEqual(["a"]);
  });
});
