import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import type { PlanRow } from "../../../destination-iterable/plan/plan.js";
import { planReport } from "../../../destination-iterable/plan/report.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";

const FIELDS = new Map<string, FieldType>([
  ["email", "string"],
  ["firstName", "string"],
  ["lastName", "string"],
  ["phoneNumber", "string"],
  ["Shirt Size", "string"],
  ["score", "long"],
  ["ltv", "double"],
  ["newsletter", "boolean"],
  ["birthday", "date"],
  ["home", "geo_location"],
  ["address", "object"],
  ["address.zip", "string"],
  ["odd", "unknown"],
  ["signupDate", "date"],
]);

const text = { type: ["null", "string"] };
const PROPERTIES = {
  email: text,
  name: text,
  phone: text,
  size: text,
  count: { type: "integer" },
  price: { type: ["null", "number"] },
  optIn: { type: "boolean" },
  born: { type: "string", format: "date-time" },
  answers: { type: "object", properties: { color: text, score: { type: "integer" } } },
  tags: { type: "array", items: text },
  mixed: { anyOf: [{ type: "string" }, { type: "integer" }, { type: "null" }] },
  anything: {},
};

function report(settings: object, stream: object = {}, properties: object | undefined = PROPERTIES) {
  const streams = parseConfiguredCatalog({
    streams: [{ stream: { name: "contacts", json_schema: { properties } }, ...stream }],
  });
  return planReport(config.parse({ api_key: "k", ...settings }), streams, FIELDS);
}

const rowsOf = (finding: ReturnType<typeof report>) => (finding.json as { rows: PlanRow[] }).rows;

/** The row of a single entry. */
function planned(entry: object, settings: object = {}): PlanRow {
  const rows = rowsOf(report({ field_mapping: [entry], ...settings }));
  return rows.find(({ place }) => place === "field_mapping[0]")!;
}

describe("an entry of the mapping", () => {
  test.each<[string, object, string, string]>([
    ["of the field's type", { source: "size", target: "Shirt Size" }, "fits", ""],
    ["of an integer for a double", { source: "count", target: "ltv" }, "fits", ""],
    ["for a field whose type is not known", { source: "answers", target: "odd" }, "fits", ""],
    ["of a list for a field of its elements' type", { source: "tags", target: "Shirt Size" }, "fits", ""],
    ["of a nested text", { source: "answers.color", target: "address.zip" }, "fits", ""],
    ["of a number for a text", { source: "count", target: "Shirt Size" }, "coerced", "written out as text"],
    [
      "of texts for a long",
      { source: "size", target: "score" },
      "coerced",
      "texts that are whole numbers become numbers, others are left out",
    ],
    [
      "of numbers for a long",
      { source: "price", target: "score" },
      "coerced",
      "whole numbers are sent, others are left out",
    ],
    [
      "of dates",
      { source: "born", target: "birthday" },
      "coerced",
      "written in the form that Iterable reads",
    ],
    [
      "of an object for a location",
      { source: "answers", target: "home" },
      "coerced",
      "objects with lat and lon are sent, others are left out",
    ],
    [
      "of values of two types",
      { source: "mixed", target: "score" },
      "coerced",
      "string: texts that are whole numbers become numbers, others are left out",
    ],
    [
      "of values of which nothing is known",
      { source: "anything", target: "score" },
      "coerced",
      "each value where it can be: the source's type is not known",
    ],
    [
      "that declares a type",
      { source: "count", target: "Shirt Size", type: "string" },
      "coerced",
      "as string: written out as text",
    ],
    ["with transforms", { source: "size", target: "Shirt Size", transform: ["trim"] }, "fits", "after trim"],
    [
      "whose transform has written the date",
      { source: "size", target: "birthday", transform: ["date"], date_format: "DD.MM.YYYY" },
      "coerced",
      "after date (left out: what is no date of this form)",
    ],
    [
      "of a phone number, which is checked whatever maps it",
      { source: "size", target: "phoneNumber" },
      "coerced",
      "valid E.164 numbers are sent, others are left out",
    ],
    [
      "of a phone number that a transform has written",
      { source: "size", target: "Shirt Size", transform: ["phone"], phone_country: "DE" },
      "coerced",
      "after phone (left out: what is no phone number)",
    ],
    [
      "of a constant that is no phone number",
      { constant: "call me", target: "phoneNumber" },
      "cannot_fit",
      "no phone number in E.164, such as +14155550123",
    ],
    ["of a constant", { constant: "flowcode", target: "Shirt Size" }, "fits", ""],
    ["of a constant that is another type", { constant: "5", target: "score" }, "coerced", "sent as 5"],
    ["that is a template", { template: "{name} {size}", target: "Shirt Size" }, "fits", ""],
    ["for the identifier", { source: "name", target: "email" }, "fits", "tells contacts apart"],
    [
      "of a boolean for a date",
      { source: "optIn", target: "birthday" },
      "cannot_fit",
      "boolean cannot become date",
    ],
    [
      "of an object for a text",
      { source: "answers", target: "Shirt Size" },
      "cannot_fit",
      "object cannot become string",
    ],
    [
      "whose declared type the source never has",
      { source: "optIn", target: "odd", type: "long" },
      "cannot_fit",
      "boolean cannot become long",
    ],
    [
      "that transforms what is no text",
      { source: "answers", target: "Shirt Size", transform: ["trim"] },
      "cannot_fit",
      "transforms take texts, not object",
    ],
    [
      "of a field that an open schema does not list",
      { source: "syze", target: "Shirt Size" },
      "coerced",
      `each value where it can be: the source's type is not known; the stream's schema does not list "syze", and its records may have it all the same; did you mean "size"?`,
    ],
    [
      "for a field that Iterable manages",
      { source: "size", target: "signupDate" },
      "cannot_fit",
      "the name is managed by Iterable itself; choose another target",
    ],
  ])("%s", (_what, entry, verdict, detail) => {
    expect(planned(entry)).toMatchObject({ verdict, detail });
  });

  test("for a field that Iterable does not have is dropped by Iterable, or created as what it is", () => {
    const entry = { source: "size", target: "colour" };
    expect(planned(entry)).toMatchObject({ verdict: "dropped", target_type: null });
    const create = { create_new_fields: true };
    expect(planned(entry, create)).toMatchObject({
      verdict: "created",
      detail: "as string, or as date if its first value looks like one",
    });
    expect(planned({ ...entry, type: "boolean" }, create)).toMatchObject({
      detail: expect.stringMatching(/as boolean$/),
    });
    expect(planned({ ...entry, source: "count" }, create)).toMatchObject({ detail: "as long" });
  });

  test.each(["shirtSize", "shirt_size", "SHIRT SIZE", "shirt-size"])(
    "for %s looks like the field that Iterable has in other case or with other spaces",
    (target) => {
      expect(planned({ source: "size", target })).toMatchObject({
        verdict: "looks_like",
        detail: 'Iterable has "Shirt Size" (string); as it is, Iterable would leave it out',
      });
    },
  );

  test("shows both types, and where it stands", () => {
    expect(planned({ source: "count", target: "score" })).toEqual({
      stream: "contacts",
      place: "field_mapping[0]",
      source: "count",
      source_type: "integer",
      target: "score",
      target_type: "long",
      verdict: "fits",
      detail: "",
    });
  });
});

describe("fields without an entry", () => {
  const verdicts = (settings: object, stream?: object) =>
    rowsOf(report(settings, stream)).map(({ place, source, target, verdict }) => [
      place,
      source,
      target,
      verdict,
    ]);

  test("go where the default mapping says, else under their own names where Iterable has such a field", () => {
    const rows = rowsOf(report({}, {}, { ...PROPERTIES, score: { type: "string" }, shirt_size: text }));
    expect(
      rows.map(({ place, source, target, verdict }) => [place, source, target, verdict]).slice(0, 4),
    ).toEqual([
      ["identifier", "email", "email", "fits"],
      ["default", "phone", "phoneNumber", "coerced"],
      ["default", "name", "firstName", "fits"],
      ["default", "name", "lastName", "fits"],
    ]);
    expect(rows.filter(({ target }) => target === "score")).toMatchObject([
      { place: "unmapped", source: "score", verdict: "coerced" },
    ]);
    expect(rows.find(({ source }) => source === "shirt_size")).toMatchObject({
      verdict: "not_sent",
      detail: 'Iterable has no field of this name, but "Shirt Size"',
    });
  });

  test("are not sent beside a mapping, unless they are wanted under their own names", () => {
    const field_mapping = [{ source: "size", target: "Shirt Size" }];
    expect(verdicts({ field_mapping })).toContainEqual(["unmapped", "count", null, "not_sent"]);
    expect(verdicts({ field_mapping, unmapped_fields: "same_name" })).toContainEqual([
      "unmapped",
      "count",
      "count",
      "dropped",
    ]);
    expect(verdicts({ field_mapping }).filter(([, source]) => source === "size")).toHaveLength(1);
  });

  test("arrive under their own names by data activation", () => {
    const properties = { email: text, score: text, colour: text };
    const rows = rowsOf(report({}, { destination_object_name: "user" }, properties));
    expect(rows.map(({ place, target, verdict }) => [place, target, verdict])).toEqual([
      ["identifier", "email", "fits"],
      ["identity", "score", "coerced"],
      ["identity", "colour", "dropped"],
    ]);
  });
});

describe("a plan", () => {
  test("has a problem as soon as anything cannot fit, with its place and reason", () => {
    const stream = {
      name: "contacts",
      json_schema: { properties: PROPERTIES, additionalProperties: false },
    };
    const field_mapping = [
      { source: "optIn", target: "score" },
      { source: "nope", target: "birthday" },
      { source: "size", target: "Shirt Size" },
    ];
    const finding = report({ field_mapping, consent: { field: "agreed", agrees: ["yes"] } }, { stream });
    expect(finding.problem).toBe(
      'the mapping cannot work: stream "contacts": consent.field: the stream has no field "agreed"; it has email, name, phone, size, count, price, optIn, born, answers, tags, …; ' +
        'stream "contacts": field_mapping[0] (optIn to score): boolean cannot become long; ' +
        'stream "contacts": field_mapping[1] (nope to birthday): the stream has no field "nope"; it has email, name, phone, size, count, price, optIn, born, answers, tags, …',
    );
    expect(finding.json).toMatchObject({ problems: [{}, {}, {}] });
  });

  test("has none where everything finds its place", () => {
    expect(report({}).problem).toBeUndefined();
  });

  test("says so for a stream that can have no identifier", () => {
    expect(report({}, {}, { id: text }).problem).toContain('no field "email" to identify contacts by');
  });

  test("passes over a stream that can have no identifier beside others, as a run does", () => {
    const flows = { name: "flows", json_schema: { properties: { id: text, title: text } } };
    const contacts = { name: "contacts", json_schema: { properties: PROPERTIES } };
    const { streams } = { streams: [{ stream: flows }, { stream: contacts }] };
    const settings = config.parse({
      api_key: "k",
      field_mapping: [{ source: "size", target: "Shirt Size" }],
    });
    const finding = planReport(settings, parseConfiguredCatalog({ streams }), FIELDS);
    expect(finding.problem).toBeUndefined();
    expect(finding.text).not.toContain("CANNOT");
    expect(finding.text).toMatch(
      /^flows: it has no field that identifies contacts, and is passed over; deselect it/,
    );
    expect(rowsOf(finding).filter(({ stream }) => stream === "flows")).toMatchObject(
      Array(rowsOf(finding).filter(({ stream }) => stream === "flows").length).fill({
        verdict: "not_sent",
        detail: "the stream is passed over",
      }),
    );
    expect(rowsOf(finding)).toContainEqual(expect.objectContaining({ stream: "contacts", verdict: "fits" }));
  });

  test("is a table for people", () => {
    const finding = report(
      {
        field_mapping: [
          { source: "name", target: "firstName", transform: ["first_name"] },
          { source: "size", target: "shirt_size" },
          { source: "optIn", target: "score" },
        ],
      },
      {},
      { email: text, name: text, size: text, optIn: { type: "boolean" }, "odd\u001bname": text },
    );
    expect(`\n${finding.text}\n`).toMatchInlineSnapshot(`
      "
      contacts: overwrite; contacts are told apart by email; new fields are not created
        FROM      TYPE     ITERABLE FIELD  TYPE    VERDICT
        email     string   email           string  fits: tells contacts apart
        name      string   firstName       string  fits: after first_name
        size      string   shirt_size              looks like another field: Iterable has "Shirt Size" (string); as it is, Iterable would leave it out
        optIn     boolean  score           long    CANNOT FIT: boolean cannot become long
        odd name  string                           not sent: no entry maps it, and unmapped_fields is drop
      "
    `);
  });

  test("says what it cannot know where the catalog has no fields", () => {
    const finding = report({ field_mapping: [{ source: "size", target: "score" }] }, {}, {});
    expect(finding.text).toContain("the catalog names no fields");
    expect(rowsOf(finding)[1]).toMatchObject({ source_type: "unknown", verdict: "coerced" });
  });
});
