import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { planReport, sampledPlanReport } from "../../../destination-iterable/plan/report.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";

const PROPERTIES = {
  email: { type: "string" },
  size: { type: "string" },
  flow: { type: "string" },
  agreed: { type: "string" },
};

const STREAMS = parseConfiguredCatalog({
  streams: [
    { stream: { name: "contacts", json_schema: { properties: PROPERTIES, additionalProperties: false } } },
  ],
});
const IN_ITERABLE = new Map<string, FieldType>([["email", "string"]]);

function report(settings: object) {
  return planReport(config.parse({ api_key: "k", ...settings }), STREAMS, IN_ITERABLE);
}

function sampled(settings: object, records: readonly object[]) {
  const lines = records.map((record, index) => ({
    number: index + 1,
    text: JSON.stringify(record),
    terminated: true,
  }));
  async function* input() {
    yield lines;
  }
  return sampledPlanReport(config.parse({ api_key: "k", ...settings }), STREAMS, IN_ITERABLE, input());
}

describe("a plan", () => {
  test("says which lists and events follow, and on what they depend", () => {
    const { text, problem } = report({
      list_id: 7,
      lists: [{ id: 8, when: { field: "size", equals: "M" } }],
      events: [{ name: "converted" }, { name: "large", when: { field: "size", in: ["L"] } }],
    });
    expect(problem).toBeUndefined();
    for (const note of [
      "put on list 7;",
      'put on list 8, depending on "size"',
      'sends the event "converted";',
      'sends the event "large", depending on "size"',
    ])
      expect(text).toContain(note);
  });

  test("has a row for each field of an event, whose fields nobody knows beforehand", () => {
    const { json } = report({
      events: [{ name: "converted", field_mapping: [{ source: "size", target: "size" }] }],
    });
    expect((json as { rows: unknown[] }).rows).toContainEqual(
      expect.objectContaining({
        place: "events[0].field_mapping[0]",
        source: "size",
        source_type: "string",
        target: "size",
        target_type: null,
        verdict: "fits",
        detail: "left out where the event does not have it",
        event: "converted",
      }),
    );
  });

  test("says of fields that only events and conditions read what they are for, and how values join", () => {
    const { json, text } = report({
      field_mapping: [
        { source: "size", target: "first", merge: "first" },
        { source: "size", target: "all", merge: "append" },
      ],
      unmapped_fields: "drop",
      events: [{ name: "converted", field_mapping: [{ source: "flow", target: "flow" }] }],
      lists: [{ id: 7, when: { field: "flow", not_empty: true } }],
    });
    const { rows } = json as { rows: { source: string; place: string; detail: string; merge?: string }[] };
    expect(rows.find(({ source, place }) => source === "flow" && place === "unmapped")?.detail).toBe(
      'not to the profile; the event "converted" carries it, decides on list 7',
    );
    expect(rows.flatMap(({ merge }) => merge ?? [])).toEqual(["first", "append"]);
    for (const words of [
      "written only where the profile has no value",
      "added to the profile's list",
      "event converted: flow",
    ])
      expect(text).toContain(words);
  });

  test("with a sample counts who would be put on which list and send which event, and the events' values", async () => {
    const settings = {
      create_new_fields: true,
      consent: { field: "agreed", agrees: ["yes"] },
      lists: [{ id: 7 }, { id: 8, when: { field: "size", equals: "L" } }],
      events: [
        {
          name: "converted",
          field_mapping: [{ source: "size", target: "size", transform: ["lower"] }],
        },
        { name: "sized", field_mapping: [{ source: "size", target: "size", required: true }] },
      ],
    };
    const { json, text } = await sampled(settings, [
      { email: "ann@example.com", size: "L", agreed: "yes" },
      { email: "bob@example.com", size: "m", agreed: "yes" },
      { email: "cem@example.com", agreed: "yes" },
      { email: "dan@example.com", size: "L", agreed: "no" },
    ]);
    const { contacts, rows } = json as Record<string, { event?: string; place: string; values: object }[]>;
    expect(contacts).toMatchObject([
      {
        read: 4,
        sent: 3,
        kept: 1,
        lists: [
          { id: 7, sent: 3, rejected: 0 },
          { id: 8, sent: 1, rejected: 0 },
        ],
        events: [
          { name: "converted", sent: 3, rejected: 0 },
          { name: "sized", sent: 2, rejected: 1 },
        ],
      },
    ]);
    expect(rows?.find(({ event }) => event === "converted")?.values).toMatchObject({
      filled: 2,
      sent: 1,
      coerced: 1,
      left_out: 0,
    });
    expect(text).toContain(
      "Of those sent: list 7 3, list 8 1, event converted 3, event sized 2 (1 not taken)",
    );
  });

  test("names what cannot work in them, with its place", () => {
    const { problem } = report({
      lists: [{ id: 7, when: { field: "siez", equals: "M" } }],
      events: [{ name: "converted", field_mapping: [{ source: "siez", target: "size" }] }],
    });
    expect(problem).toContain('lists[0].when.field: the stream has no field "siez"');
    expect(problem).toContain("events[0].field_mapping[0]");
  });
});
