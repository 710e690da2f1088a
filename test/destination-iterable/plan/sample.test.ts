import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import type { PlanRow } from "../../../destination-iterable/plan/plan.js";
import { sampledPlanReport } from "../../../destination-iterable/plan/report.js";
import type { RowValues } from "../../../destination-iterable/plan/row-tally.js";
import type { SampledContacts } from "../../../destination-iterable/plan/sample.js";
import { shapeOf } from "../../../destination-iterable/plan/shape.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";
import { patternsFor } from "../../../protocol/schema/patterns.js";

const FIELDS = new Map<string, FieldType>([
  ["email", "string"],
  ["firstName", "string"],
  ["phoneNumber", "string"],
  ["birthday", "date"],
  ["score", "long"],
  ["note", "string"],
]);
const text = { type: ["null", "string"] };
const PROPERTIES = {
  email: text,
  born: text,
  mobile: text,
  score: text,
  note: text,
  left: text,
  phone: text,
};

async function* lines(records: readonly string[]) {
  yield records.map((given, index) => ({ text: given, number: index + 1, terminated: true }));
}

async function report(
  records: readonly object[],
  settings: object = {},
  asMessages = true,
  properties: object = PROPERTIES,
) {
  const streams = parseConfiguredCatalog({
    streams: [{ stream: { name: "contacts", json_schema: { properties } } }],
  });
  const patterns = await patternsFor(streams.map(({ jsonSchema }) => jsonSchema));
  const given = config.parse({ api_key: "k", ...settings });
  const written = records.map((data) =>
    JSON.stringify(
      asMessages ? { type: "RECORD", record: { stream: "contacts", data, emitted_at: 1 } } : data,
    ),
  );
  const finding = await sampledPlanReport(given, streams, FIELDS, lines(written), patterns);
  const json = finding.json as {
    rows: (PlanRow & { values: RowValues })[];
    contacts: SampledContacts[];
  };
  return {
    ...json,
    text: finding.text,
    row: (source: string) => json.rows.find((row) => row.source === source)!,
  };
}

const person = (index: number, more: object) => ({ email: `p${index}@example.com`, ...more });
const people = (count: number, more: (index: number) => object) =>
  Array.from({ length: count }, (_, index) => person(index, more(index)));
const MAPPING = {
  field_mapping: [
    { source: "born", target: "birthday" },
    { source: "mobile", target: "phoneNumber" },
    { source: "score", target: "score" },
    { source: "note", target: "note" },
    { source: "left", target: "Nickname" },
  ],
};

describe("plan with a sample", () => {
  test("checks the schema's patterns as a run does, and names those that cannot be", async () => {
    const properties = {
      ...PROPERTIES,
      left: { ...text, pattern: "^[a-z]+$" },
      note: { ...text, pattern: "^(?=ahead)" },
    };
    const { row, text: printed } = await report(
      [person(1, { left: "plain" }), person(2, { left: "NOT PLAIN", note: "behind" })],
      { ...MAPPING, create_new_fields: true },
      true,
      properties,
    );
    expect(row("left").values).toMatchObject({ sent: 1, left_out: 1 });
    expect(row("note").values).toMatchObject({ sent: 1 });
    expect(printed).toContain(
      "the schema has patterns that cannot be checked in bounded time, and are passed over: ^(?=ahead)",
    );
  });

  test("says of each row how many contacts fill it in, and what becomes of their values", async () => {
    const { row } = await report(
      [
        person(1, { score: 7, note: "hello" }),
        person(2, { score: "8", note: " \u200b" }),
        person(3, { score: "many", note: "  padded " }),
        person(4, {}),
      ],
      MAPPING,
    );
    expect(row("score").values).toMatchObject({ filled: 3, sent: 1, coerced: 1, left_out: 1 });
    expect(row("note").values).toEqual({ filled: 2, sent: 1, coerced: 1, left_out: 0, reasons: [] });
    expect(row("email").values).toMatchObject({ filled: 4, sent: 4, left_out: 0 });
  });

  test("names the reason, the shape and the entry that would mend most of the values", async () => {
    const sample = people(523, (index) => ({
      born: index < 318 ? `${13 + (index % 15)}.0${1 + (index % 9)}.1990` : "1990-05-31",
    }));
    const { row, text: printed } = await report(sample, MAPPING);
    expect(row("born").values).toEqual({
      filled: 523,
      sent: 205,
      coerced: 0,
      left_out: 318,
      reasons: [
        {
          reason: "not_a_date",
          count: 318,
          shape: "99.99.9999",
          remedy: "add transform date with date_format D.M.YYYY",
          entry: { source: "born", target: "birthday", transform: ["date"], date_format: "D.M.YYYY" },
        },
      ],
    });
    expect(printed).toContain(
      "318 of 523: not_a_date, like 99.99.9999; add transform date with date_format D.M.YYYY",
    );
    const { entry } = row("born").values.reasons[0]!;
    const mended = await report(sample, { field_mapping: [entry] });
    expect(mended.row("born").values).toMatchObject({ filled: 523, left_out: 0 });
  });

  test("does not guess between two date formats that read the same values", async () => {
    const { row } = await report(
      people(3, (index) => ({ born: `0${index + 1}/04/1990` })),
      MAPPING,
    );
    expect(row("born").values.reasons[0]).toMatchObject({ entry: null });
    expect(row("born").values.reasons[0]?.remedy).toContain("D/M/YYYY or M/D/YYYY");
  });

  test("finds the country of phone numbers by those that have one", async () => {
    const sample = people(6, (index) => ({ mobile: index < 2 ? "+491701234567" : `0170 123456${index}` }));
    const { row } = await report(sample, MAPPING);
    expect(row("mobile").values).toMatchObject({ sent: 2, left_out: 4 });
    expect(row("mobile").values.reasons).toEqual([
      {
        reason: "not_e164",
        count: 4,
        shape: "9999 9999999",
        remedy: "add transform phone with phone_country DE",
        entry: { source: "mobile", target: "phoneNumber", transform: ["phone"], phone_country: "DE" },
      },
    ]);
  });

  test("counts values of fields that Iterable does not have as left out", async () => {
    const { row } = await report(
      people(2, () => ({ left: "x" })),
      MAPPING,
    );
    expect(row("left").values).toMatchObject({
      filled: 2,
      sent: 0,
      left_out: 2,
      reasons: [{ reason: "no_such_field" }],
    });
  });

  test("says how many contacts would be rejected or kept, by reason", async () => {
    const sample = [{ email: "nobody" }, { email: null }, person(1, {}), person(2, { note: "test" })];
    const { contacts, text: printed } = await report(sample, {
      ...MAPPING,
      streams: [{ name: "contacts", skip_if: { field: "note", equals: "test" } }],
    });
    expect(contacts).toEqual([
      {
        stream: "contacts",
        read: 4,
        sent: 1,
        kept: 1,
        rejected: 2,
        reasons: [
          { kind: "rejected", field: "email", reason: "invalid_email", count: 1 },
          { kind: "rejected", field: "email", reason: "no_identifier", count: 1 },
          { kind: "kept", field: null, reason: "condition", count: 1 },
        ],
      },
    ]);
    expect(printed).toContain("Of 4 records: 1 sent, 1 kept, 2 rejected");
  });

  test("takes mere records as well as messages, and passes over what is neither", async () => {
    const records = people(2, () => ({ note: "x" }));
    expect((await report(records, MAPPING, false)).contacts).toMatchObject([{ read: 2, sent: 2 }]);
    const state = {
      type: "STATE",
      state: { type: "STREAM", stream: { stream_descriptor: { name: "contacts" } } },
    };
    expect((await report([state], MAPPING, false)).contacts).toMatchObject([{ read: 0 }]);
  });
});

describe("a shape", () => {
  test.each([
    ["31.12.1999", "99.99.9999"],
    ["12/31/99", "99/99/99"],
    ["+49 170 1234567", "+99 999 9999999"],
    ["Anna-Maria", "aaa…-aaa…"],
    ["山田 太郎", "aa aa"],
    ["١٢٣", "999"],
    ["❤ \u200b", "?"],
    [" yes ", "aaa"],
    [4.5, "9.9"],
    [true, "true or false"],
    [{ a: 1 }, "{…}"],
    [["ab", 1], "[aa]"],
    [[], "[]"],
  ])("of %j is %s", (value, shape) => {
    expect(shapeOf(value)).toBe(shape);
  });

  test("never shows a letter or a digit of the value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(shapeOf(value)).toMatch(/^[a9?…\s!-/:-@[-`{-~]*$/);
      }),
      { seed: 1 },
    );
  });
});
