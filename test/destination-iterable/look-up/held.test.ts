import { describe, expect, test } from "vitest";
import type { WriteMode } from "../../../destination-iterable/delivery/write-mode.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { compareWithHeld } from "../../../destination-iterable/look-up/held.js";

const TYPES = new Map<string, FieldType>([
  ["nick", "string"],
  ["score", "long"],
  ["ltv", "double"],
  ["birthday", "date"],
  ["odd", "unknown"],
  ["tags", "string"],
  ["home", "geo_location"],
  ["address", "object"],
  ["address.zip", "string"],
  ["address.since", "date"],
]);

const compare = (sent: object, held: object | undefined, mode: WriteMode = "overwrite", create = false) =>
  compareWithHeld(sent as Record<string, unknown>, held as Record<string, unknown> | undefined, {
    mode,
    types: TYPES,
    createNewFields: create,
  });
const verdictOf = (sent: object, held: object | undefined, mode?: WriteMode, create?: boolean) =>
  compare(sent, held, mode, create).fields[0]?.verdict;

describe("a value that is held", () => {
  test.each<[string, object, object]>([
    ["text", { nick: "Ann" }, { nick: "Ann", other: 1 }],
    ["a day, given back as a moment", { birthday: "1990-02-28" }, { birthday: "1990-02-28 00:00:00 +00:00" }],
    [
      "a moment, in another form",
      { birthday: "2020-08-19T20:50:04.123Z" },
      { birthday: "2020-08-19 22:50:04 +02:00" },
    ],
    [
      "a date of a field whose type is not known",
      { odd: "2020-01-01" },
      { odd: "2020-01-01 00:00:00 +00:00" },
    ],
    ["a list", { tags: ["a", "b"] }, { tags: ["a", "b"] }],
    ["an object that has more", { address: { zip: "1" } }, { address: { zip: "1", city: "Berlin" } }],
    ["a field inside an object", { "address.zip": "1" }, { address: { zip: "1" } }],
    ["a field under a dotted name", { "address.zip": "1" }, { "address.zip": "1" }],
    [
      "an object, but for a field that Iterable does not have",
      { address: { zip: "1", street: "A" } },
      { address: { zip: "1" } },
    ],
    [
      "a date inside an object",
      { address: { since: "2020-01-01" } },
      { address: { since: "2020-01-01 00:00:00 +00:00" } },
    ],
    ["a location", { home: { lat: 1, lon: 2 } }, { home: { lat: 1, lon: 2 } }],
    ["a field that was to be removed", { nick: null }, {}],
  ])("is the same: %s", (_what, sent, held) => {
    expect(compare(sent, held)).toMatchObject({ verdict: "agrees", fields: [{ verdict: "same" }] });
  });

  test.each<[string, object, object]>([
    ["text in other case", { nick: "Ann" }, { nick: "ann" }],
    ["text that would be the same moment as a date", { nick: "2020-01-01" }, { nick: "2020-01-01 00:00:00" }],
    ["another moment", { birthday: "1990-02-28" }, { birthday: "1990-02-27 23:00:00 +00:00" }],
    ["a list in another order", { tags: ["a", "b"] }, { tags: ["b", "a"] }],
    ["a list that has more", { tags: ["a"] }, { tags: ["a", "b"] }],
    ["one value instead of a list", { tags: ["a"] }, { tags: "a" }],
    ["an object with another value", { address: { zip: "1" } }, { address: { zip: "2" } }],
    ["another place", { home: { lat: 1, lon: 2 } }, { home: { lat: 1, lon: 3 } }],
    ["a field that was to be removed", { nick: null }, { nick: "Ann" }],
  ])("differs: %s", (_what, sent, held) => {
    expect(compare(sent, held)).toMatchObject({ verdict: "differs", fields: [{ verdict: "differs" }] });
  });
});

test("what is not held is missing, unless Iterable does not have the field and may not create it", () => {
  expect(verdictOf({ nick: "Ann" }, { nick: null })).toBe("missing");
  expect(compare({ colour: "red" }, {})).toMatchObject({
    verdict: "agrees",
    fields: [{ verdict: "no_such_field" }],
  });
  expect(verdictOf({ colour: "red" }, {}, "overwrite", true)).toBe("missing");
  expect(compare({ nick: "Ann" }, undefined)).toMatchObject({
    verdict: "absent",
    fields: [{ verdict: "missing" }],
  });
});

describe("what a mode leaves alone is no difference", () => {
  test.each<[WriteMode, object, object | undefined, string, string]>([
    ["keep_existing", { nick: "Ann" }, { nick: "Bea" }, "left_alone", "left_alone"],
    ["keep_existing", { nick: "Ann" }, {}, "left_alone", "left_alone"],
    ["keep_existing", { nick: "Ann" }, { nick: "Ann" }, "agrees", "same"],
    ["fill_missing", { nick: "Ann" }, { nick: "Bea" }, "left_alone", "left_alone"],
    ["fill_missing", { nick: "Ann" }, {}, "differs", "missing"],
    ["fill_missing", { nick: null }, { nick: "Bea" }, "left_alone", "left_alone"],
    ["update", { nick: "Ann" }, undefined, "left_alone", "missing"],
    ["update", { nick: "Ann" }, { nick: "Bea" }, "differs", "differs"],
  ])("%s: %j and %j", (mode, sent, held, profile, field) => {
    const { verdict, fields } = compare(sent, held, mode);
    expect([verdict, fields[0]?.verdict]).toEqual([profile, field]);
  });
});
