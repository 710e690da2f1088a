import { afterEach, beforeEach, expect, test } from "vitest";
import { config } from "../../../../destination-iterable/config.js";
import type { FieldType } from "../../../../destination-iterable/iterable/field-types.js";
import { planReport } from "../../../../destination-iterable/plan/report.js";
import { parseConfiguredCatalog } from "../../../../protocol/catalog.js";
import { type IterableSimulator, startIterable } from "../../../../simulators/iterable.js";
import { write } from "../../sitting.js";

let iterable: IterableSimulator;
beforeEach(async () => {
  iterable = await startIterable({ limitsHeld: false, fields: { ip: "string", city: "string" } });
});
afterEach(() => iterable.close());

const EFFECT = "Iterable overwrites city, region, country and timeZone from it";
const text = { type: ["null", "string"] };

test.each<[string, Record<string, unknown>, Record<string, unknown>, boolean]>([
  ["mapped to ip", { field_mapping: [{ source: "address", target: "ip" }] }, { address: text }, true],
  ["that keeps its name, ip", {}, { ip: text }, true],
  ["of another name", { field_mapping: [{ source: "ip", target: "city" }] }, { ip: text }, false],
])(
  "a field %s: the run and the plan say alike what Iterable makes of it",
  async (_, settings, properties, warns) => {
    const listed = { email: text, ...properties };
    const { logged } = await write(iterable.url, [{ email: "ann@example.com" }], settings, {}, listed);
    expect(logged.some((line) => line.startsWith("WARN") && line.includes(EFFECT))).toBe(warns);
    const streams = parseConfiguredCatalog({
      streams: [{ stream: { name: "contacts", json_schema: { properties: listed } } }],
    });
    const fields = new Map<string, FieldType>([
      ["ip", "string"],
      ["city", "string"],
    ]);
    const { text: plan } = planReport(config.parse({ api_key: "k", ...settings }), streams, fields);
    expect(plan.replace(/\s+/g, " ").includes(EFFECT)).toBe(warns);
  },
);
