import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { createMapping } from "../../../destination-iterable/mapping/mapping.js";
import { type Step, stepsOf } from "../../../destination-iterable/plan/steps.js";
import { mappingOptions, settingsOf } from "../../../destination-iterable/stream-settings.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";

const FIELDS = new Map<string, FieldType>([
  ["email", "string"],
  ["firstName", "string"],
  ["fullName", "string"],
  ["score", "long"],
  ["tags", "string"],
  ["address", "object"],
  ["address.zip", "long"],
  ["city", "string"],
]);

/** The steps of a record, by target, else by source. */
function follow(
  record: Record<string, unknown>,
  settings: object = {},
  properties: Record<string, unknown> = {},
) {
  const [stream] = parseConfiguredCatalog({
    streams: [{ stream: { name: "contacts", json_schema: { properties } } }],
  });
  const given = config.parse({ api_key: "k", ...settings });
  const { settings: own } = settingsOf(given, stream!);
  const options = mappingOptions(given, own, { name: "contacts", properties, identity: false }, FIELDS);
  const mapped = createMapping(options).map(record, []);
  const steps = stepsOf(options, properties, given.create_new_fields, record, mapped);
  return (name: string): Step | undefined =>
    steps.find(({ target }) => target === name) ?? steps.find(({ source }) => source === name);
}
const mapping = (...field_mapping: object[]) => ({ field_mapping });
const ANN = { email: "ann@example.com" };

describe("a rule of the mapping", () => {
  test.each<[string, object, object, string, Partial<Step>]>([
    [
      "of a value that fits",
      { source: "nick", target: "firstName" },
      { nick: "Ann" },
      "firstName",
      { found: "Ann", sent: "Ann", verdict: "sent", detail: "" },
    ],
    [
      "of a value that is changed",
      { source: "points", target: "score" },
      { points: "7" },
      "score",
      { found: "7", sent: 7, verdict: "coerced" },
    ],
    [
      "of a value that cannot be",
      { source: "points", target: "score" },
      { points: "many" },
      "score",
      { found: "many", sent: null, verdict: "left_out", detail: "not_an_integer" },
    ],
    [
      "of no value",
      { source: "nick", target: "firstName" },
      {},
      "firstName",
      { found: null, sent: null, verdict: "empty" },
    ],
    [
      "of a default",
      { source: "nick", target: "firstName", default: "you" },
      {},
      "firstName",
      { found: null, sent: "you", verdict: "coerced" },
    ],
    [
      "of a null that clears",
      { source: "nick", target: "firstName", clear_on_null: true },
      { nick: null },
      "firstName",
      { sent: null, verdict: "cleared" },
    ],
    [
      "of a constant",
      { constant: "x", target: "city" },
      {},
      "city",
      { found: "x", sent: "x", verdict: "sent" },
    ],
    [
      "of a template",
      { template: "{a} {b}", target: "fullName" },
      { a: "Ann", b: "Lee" },
      "fullName",
      { source: "{a} {b}", found: "Ann Lee", sent: "Ann Lee" },
    ],
    [
      "of several sources",
      { sources: ["a", "b"], target: "city" },
      { a: " ", b: "Rome" },
      "city",
      { found: "Rome", sent: "Rome" },
    ],
    [
      "of a nested value",
      { source: "home.city", target: "city" },
      { home: { city: "Rome" } },
      "city",
      { found: "Rome", sent: "Rome" },
    ],
  ])("%s", (_what, entry, record, target, expected) => {
    const step = follow({ ...ANN, ...record }, mapping(entry))(target);
    expect(step).toMatchObject({ place: "field_mapping[0]", target, ...expected });
  });

  test("that leaves a part of an object out names the part", () => {
    const step = follow(
      { ...ANN, home: { zip: "none", street: "A" } },
      mapping({ source: "home", target: "address" }),
    )("address");
    expect(step).toMatchObject({ sent: { street: "A" }, verdict: "coerced", detail: "zip: not_an_integer" });
  });
});

test("a field that no rule reads is not sent, and says why", () => {
  const step = follow({ ...ANN, extra: 1 }, mapping({ source: "nick", target: "firstName" }));
  expect(step("extra")).toMatchObject({
    place: "unmapped",
    target: null,
    verdict: "not_sent",
    detail: expect.stringContaining("no entry maps it"),
  });
  const undescribed = follow({ ...ANN, city: "Rome" }, {}, { email: {} });
  expect(undescribed("city")).toMatchObject({
    verdict: "not_sent",
    detail: "the catalog does not name the field",
  });
});

test("a field that goes under its own name says so", () => {
  expect(follow({ ...ANN, city: "Rome" })("city")).toMatchObject({
    place: "unmapped",
    target: "city",
    sent: "Rome",
    verdict: "sent",
  });
});

describe("the identifier", () => {
  test("is shown as it is sent", () => {
    expect(follow({ email: " Ann@Example.com" })("email")).toMatchObject({
      sent: "ann@example.com",
      verdict: "coerced",
    });
    expect(follow(ANN)("email")).toMatchObject({ sent: "ann@example.com", verdict: "sent" });
  });

  test("that is none is the reason why nothing is sent", () => {
    const step = follow({ email: "nobody", city: "Rome" });
    expect(step("email")).toMatchObject({
      found: "nobody",
      sent: null,
      verdict: "left_out",
      detail: "invalid_email",
    });
    expect(step("city")).toMatchObject({
      sent: null,
      verdict: "not_sent",
      detail: "the contact is not sent",
    });
  });
});

test("a required field without a value is the reason why the contact is not sent", () => {
  const step = follow(
    ANN,
    mapping({ source: "nick", target: "firstName", required: true }, { source: "town", target: "city" }),
  );
  expect(step("firstName")).toMatchObject({ verdict: "left_out", detail: "missing_required" });
  expect(step("city")).toMatchObject({ verdict: "empty" });
});
