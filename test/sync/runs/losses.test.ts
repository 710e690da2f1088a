import { expect, test } from "vitest";
import { parseSettings } from "../../../sync/project/settings.js";
import { lossesOf } from "../../../sync/runs/losses.js";

const settings = (destination: object) => parseSettings(JSON.stringify({ version: 1, destination }), "file");
const streams = (left_out: { field: string; reason: string; count: number }[]) => ({
  contacts: { read: 977, delivered: 948, kept: 0, rejected: 29, unsettled: 0, reasons: [], left_out },
});
const inventory = (fields: Record<string, number>) => [
  {
    stream: "contacts",
    read: 977,
    fields: Object.entries(fields).map(([name, filled]) => ({ name, filled, types: ["string"] })),
  },
];
const lost = (field: string, count: number, reason = "not_a_date") => ({ field, reason, count });

test.each<[string, object, Record<string, number>, ReturnType<typeof lost>[], object[]]>([
  [
    "most of the values that there were are lost",
    {},
    { birthday: 523 },
    [lost("birthday", 300), lost("birthday", 18, "too_long")],
    [{ field: "birthday", left_out: 318, of: 523 }],
  ],
  ["half of the values are not most of them", {}, { birthday: 636 }, [lost("birthday", 318)], []],
  [
    "the default mapping fills phoneNumber from phone",
    {},
    { phone: 532, phoneNumber: 1 },
    [lost("phoneNumber", 376)],
    [{ field: "phoneNumber", left_out: 376, of: 532 }],
  ],
  [
    "a mapping fills a field from where it says",
    { field_mapping: [{ source: "born\\.on", target: "birthday" }] },
    { "born.on": 400, birthday: 948 },
    [lost("birthday", 318)],
    [{ field: "birthday", left_out: 318, of: 400 }],
  ],
  [
    "a field of an event is filled from where the event's mapping says",
    { events: [{ name: "converted", field_mapping: [{ source: "born", target: "birthday" }] }] },
    { born: 400, birthday: 948 },
    [lost("converted.birthday", 318)],
    [{ field: "converted.birthday", left_out: 318, of: 400 }],
  ],
  ["what nobody has counted is held against the contacts", {}, {}, [lost("birthday", 318)], []],
])("%s", (_what, destination, fields, left_out, expected) => {
  expect(lossesOf(streams(left_out), inventory(fields), settings(destination))).toEqual(expected);
});
