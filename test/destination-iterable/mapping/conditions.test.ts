import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import { compileConsent } from "../../../destination-iterable/mapping/conditions.js";
import { UTC } from "../../../destination-iterable/mapping/dates/time-zone.js";
import { createMapping } from "../../../destination-iterable/mapping/mapping.js";
import type { MappingOptions } from "../../../destination-iterable/mapping/options.js";
import { settingsOf } from "../../../destination-iterable/stream-settings.js";
import { parseConfiguredCatalog } from "../../../protocol/catalog.js";

const AGREES = ["Yes", "I agree", "true"];

describe("a contact has agreed", () => {
  test.each([
    ["the word", "Yes"],
    ["the word in other case and with space around", "  YES "],
    ["another of the words", "i agree"],
    ["true", true],
    ["a list in which the word is", ["no", "yes"]],
  ])("who answered %s", (_what, answer) => {
    expect(compileConsent({ field: "optIn", agrees: AGREES })({ optIn: answer })).toBe(true);
  });

  test.each([
    ["another word", "no"],
    ["a sentence that has the word in it", "yes, but no"],
    ["false", false],
    ["nothing", undefined],
    ["null", null],
    ["an empty text", ""],
    ["an empty list", []],
    ["an object", { yes: true }],
  ])("not who answered %s", (_what, answer) => {
    expect(compileConsent({ field: "optIn", agrees: AGREES })({ optIn: answer })).toBe(false);
  });

  test("who answered with a number that is named, or false where that is the word", () => {
    expect(compileConsent({ field: "a", agrees: ["1"] })({ a: 1 })).toBe(true);
    expect(compileConsent({ field: "a", agrees: ["false"] })({ a: false })).toBe(true);
  });
});

function mapping(overrides: Partial<MappingOptions>) {
  return createMapping({
    stream: "contacts",
    identifier: "email",
    entries: undefined,
    identity: false,
    unmappedFields: "drop",
    sourceFields: undefined,
    iterableFields: new Map(),
    onInvalidValue: "drop_field",
    sha256: (text) => text,
    zone: UTC,
    today: "2026-11-25",
    newTypes: new Map(),
    consent: { field: "answers.opt in", agrees: AGREES },
    ...overrides,
  });
}

describe("the mapping", () => {
  test("keeps who has not agreed, and sends who has", () => {
    const { map } = mapping({});
    expect(map({ email: "ann@example.com", answers: { "opt in": "no" } }, [])).toEqual({
      verdict: "keep",
      reason: "no_consent",
    });
    expect(map({ email: "ann@example.com", answers: { "opt in": "yes" } }, [])).toMatchObject({
      verdict: "send",
    });
  });

  test("does not look for an identifier of who has not agreed", () => {
    expect(mapping({}).map({ email: "nonsense" }, [])).toMatchObject({ verdict: "keep" });
  });

  test("cannot work where nobody could ever agree: the field is unknown, or a word is empty", () => {
    expect(() =>
      mapping({ sourceFields: ["email", "optin"], consent: { field: "opt_in", agrees: ["yes", " "] } }),
    ).toThrow(
      'consent.field: the stream has no field "opt_in"; did you mean "optin"?; consent.agrees: an empty word is no agreement; remove it',
    );
  });
});

test("consent is looked for beside the stream in the catalog, then under its name, then at the top level", () => {
  const consentOf = (entry: object, settings: object) => {
    const [stream] = parseConfiguredCatalog({ streams: [{ stream: { name: "contacts" }, ...entry }] });
    return settingsOf(config.parse({ api_key: "k", ...settings }), stream!).settings.consent?.field;
  };
  const by = (field: string) => ({ consent: { field, agrees: ["yes"] } });
  const named = { streams: [{ name: "contacts", ...by("b") }] };
  expect(consentOf({}, {})).toBeUndefined();
  expect(consentOf({}, by("c"))).toBe("c");
  expect(consentOf({}, { ...by("c"), ...named })).toBe("b");
  expect(consentOf(by("a"), { ...by("c"), ...named })).toBe("a");
});
