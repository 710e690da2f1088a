import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import { planReport } from "../../../destination-iterable/plan/report.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";

const PROPERTIES = { email: { type: "string" }, size: { type: "string" } };

function report(settings: object) {
  const streams = parseConfiguredCatalog({
    streams: [
      { stream: { name: "contacts", json_schema: { properties: PROPERTIES, additionalProperties: false } } },
    ],
  });
  return planReport(config.parse({ api_key: "k", ...settings }), streams, new Map([["email", "string"]]));
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
      "subscribed to list 7;",
      'subscribed to list 8, depending on "size"',
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
        detail: 'of the event "converted"; left out where it does not have it',
      }),
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
