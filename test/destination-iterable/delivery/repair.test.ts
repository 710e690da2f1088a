import { describe, expect, test } from "vitest";
import type { Contact } from "../../../destination-iterable/delivery/contact.js";
import { repairContact } from "../../../destination-iterable/delivery/repair.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { timeZoneOf, UTC } from "../../../destination-iterable/mapping/dates/time-zone.js";

const key = "ann@example.com";
const contactWith = (fields: Contact<string>["fields"]): Contact<string> => ({
  key,
  identifier: key,
  mode: "overwrite",
  fields,
  layers: [],
  records: [key],
});
const repaired = (
  fields: Contact<string>["fields"],
  refused: Readonly<Record<string, FieldType>>,
  zone = UTC,
) => {
  const repair = repairContact(contactWith(fields), new Map(Object.entries(refused)), false, zone);
  return repair && { fields: repair.contact.fields, dropped: repair.dropped };
};

describe("a time without an offset, in a field that turned out to be a date, was written in time_zone", () => {
  const berlin = timeZoneOf("Europe/Berlin");
  test.each([
    ["2026-07-01T12:00", "2026-07-01 12:00:00 +02:00"],
    ["2026-01-01 12:00:30", "2026-01-01 12:00:30 +01:00"],
    ["2026-07-01T12:00:00Z", "2026-07-01 12:00:00 +00:00"],
  ])("%s is sent as %s", (given, sent) => {
    expect(repaired({ met: given }, { met: "date" }, berlin)).toEqual({ fields: { met: sent }, dropped: [] });
  });

  test.each(["2026-07-01", "2026-07-01 12:00:00 +02:00"])("%s stays as it is", (given) => {
    expect(repaired({ met: given }, { met: "date" }, berlin)).toBeUndefined();
  });

  test("in UTC it is what Iterable takes it for", () => {
    expect(repaired({ met: "2026-01-01 12:00:30" }, { met: "date" })).toBeUndefined();
  });

  test("inside an object too", () => {
    expect(repaired({ visit: { met: "2026-07-01T12:00" } }, { "visit.met": "date" }, berlin)?.fields).toEqual(
      { visit: { met: "2026-07-01 12:00:00 +02:00" } },
    );
  });
});

test.each([
  ["a field", { size: "M", a: 1 }, "size", { a: 1 }],
  ["a field with a dot in its name", { "Nr\\. 1": "M", a: 1 }, "Nr. 1", { a: 1 }],
  ["a field in an object, by its target", { "form.size": "M", a: 1 }, "form.size", { a: 1 }],
  ["one with a dot in its own name", { "form.Nr\\. 1": "M", a: 1 }, "form.Nr. 1", { a: 1 }],
  ["a member of an object", { form: { size: "M", b: 2 } }, "form.size", { form: { b: 2 } }],
  ["a member with a dot in its name", { form: { "Nr. 1": "M", b: 2 } }, "form.Nr. 1", { form: { b: 2 } }],
  ["a member of a member", { form: { more: { size: "M" } } }, "form.more.size", { form: { more: {} } }],
])("%s is found where it stands, and left out where it cannot fit", (_, fields, field, expected) => {
  expect(repaired(fields, { [field]: "long" })).toEqual({
    fields: expected,
    dropped: [{ field, reason: "not_an_integer" }],
  });
});
