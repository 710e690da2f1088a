import { describe, expect, test } from "vitest";
import { profileOf } from "../../../destination-iterable/delivery/write-mode.js";
import { identifyByEmail, identifyByUserId } from "../../../destination-iterable/iterable/identifiers.js";
import { compileCondition, compileConsent } from "../../../destination-iterable/mapping/conditions.js";
import { mapOne, optionsFor } from "./sitting.js";

const FIELDS = {
  firstName: "string",
  lastName: "string",
  phoneNumber: "string",
  note: "string",
  score: "long",
  born: "date",
  agreed: "boolean",
  tags: "string",
  home: "object",
} as const;
/** Stands around values in the tests: an invisible mark of each kind. */
const AROUND = ["\u200b", "\ufeff", "\u00a0", "\u3000", "\u202a", "\u00ad", "\ufffd", "\ud83d"];

const fieldsOf = (record: object, entries?: readonly object[]) => {
  const mapped = mapOne({ email: "ann@example.com", ...record }, optionsFor(FIELDS, entries));
  return mapped.verdict === "send" ? { ...mapped.fields, dropped: mapped.dropped } : mapped;
};

describe.each(AROUND)("%j", (mark) => {
  test("around a value is not sent, and does not keep it from being what it is", () => {
    const around = (text: string) => `${mark} ${text}${mark}`;
    const record = {
      name: around("Ann Lee"),
      phone: around("+14155550123"),
      note: around("山田　太郎"),
      score: around("42"),
      born: around("2000-02-29"),
      agreed: around("Yes"),
      tags: [around("a"), mark, "b"],
      home: { city: around("Köln"), zip: mark },
    };
    expect(fieldsOf(record)).toEqual({
      firstName: "Ann",
      lastName: "Lee",
      phoneNumber: "+14155550123",
      note: "山田　太郎",
      score: 42,
      born: "2000-02-29",
      agreed: true,
      tags: ["a", "b"],
      home: { city: "Köln" },
      dropped: [],
    });
  });

  test("alone is no answer, and erases nothing that is there", () => {
    const record = { name: mark, phone: mark, note: mark, score: mark, born: ` ${mark}`, tags: [mark] };
    expect(fieldsOf(record)).toEqual({ dropped: [] });
  });

  test("alone gives way to a default and to the next source, and does not count as required", () => {
    expect(fieldsOf({ a: mark }, [{ source: "a", target: "note", default: "none" }])).toMatchObject({
      note: "none",
    });
    expect(fieldsOf({ a: mark, b: "B" }, [{ sources: ["a", "b"], target: "note" }])).toMatchObject({
      note: "B",
    });
    expect(fieldsOf({ a: mark }, [{ source: "a", target: "note", required: true }])).toMatchObject({
      verdict: "reject",
      reason: "missing_required",
    });
    expect(fieldsOf({ a: mark, b: `${mark}B` }, [{ template: "{a} {b}", target: "note" }])).toMatchObject({
      note: "B",
    });
  });

  test("around an address is not part of it, and inside makes it none", () => {
    expect(identifyByEmail(`${mark}Ann@Example.com${mark}`)).toEqual({
      ok: true,
      identifier: "ann@example.com",
    });
    for (const address of [
      `an${mark}n@example.com`,
      `ann@exa${mark}mple.com`,
      `ann@${mark}example.com`,
      `"a${mark}n"@example.com`,
    ])
      expect(identifyByEmail(address)).toEqual({ ok: false, reason: "invalid_email" });
    expect(identifyByEmail(mark)).toEqual({ ok: false, reason: "no_identifier" });
  });

  test("around a user id is not part of it, and inside makes it none", () => {
    expect(identifyByUserId(`${mark}A-1${mark}`)).toEqual({ ok: true, identifier: "A-1" });
    expect(identifyByUserId(`A${mark}1`)).toEqual({ ok: false, reason: "invalid_user_id" });
    expect(identifyByUserId(mark)).toEqual({ ok: false, reason: "no_identifier" });
  });

  test("around a word of agreement or of a condition changes nothing", () => {
    expect(compileConsent({ field: "optIn", agrees: ["Yes"] })({ optIn: `${mark}yes ` })).toBe(true);
    expect(compileConsent({ field: "optIn", agrees: [`yes${mark}`] })({ optIn: "YES" })).toBe(true);
    expect(compileCondition({ field: "plan", equals: "test" })({ plan: `${mark}test` })).toBe(true);
    expect(compileCondition({ field: "plan", in: [`test${mark}`] })({ plan: ["a", "test"] })).toBe(true);
    expect(compileCondition({ field: "plan", empty: true })({ plan: mark })).toBe(true);
    expect(compileCondition({ field: "plan", not_empty: true })({ plan: mark })).toBe(false);
  });

  test("around a name of a field finds the field", () => {
    expect(fieldsOf({ [`Größe${mark}`]: "L" }, [{ source: "Größe", target: "note" }])).toMatchObject({
      note: "L",
    });
    expect(fieldsOf({ "Gro\u0308ße": "L" }, [{ source: "Größe", target: "note" }])).toMatchObject({
      note: "L",
    });
  });

  test("is not what a profile holds", () => {
    expect(profileOf({ firstName: mark, home: { city: ` ${mark}` }, tags: [], note: "x" }).fields).toEqual(
      new Set(["home", "note"]),
    );
  });
});

describe("an address is folded as Java folds it", () => {
  test.each([
    ["ASCII", "ANN@EXAMPLE.COM", "ann@example.com"],
    ["İ becomes i with a dot above", "İsmail@example.com", "i\u0307smail@example.com"],
    ["ı stays, which is another letter", "ısıl@example.com", "ısıl@example.com"],
    ["ß stays", "GROß@example.com", "groß@example.com"],
    ["ẞ becomes ß", "GROẞ@example.com", "groß@example.com"],
    ["Σ at the end of a word", "ΝΊΚΟΣ@example.gr", "νίκος@example.gr"],
    ["Σ inside a word", "ΣΟΦΊΑ@example.gr", "σοφία@example.gr"],
    ["the Kelvin sign", "\u212aarl@example.com", "karl@example.com"],
    ["the Ångström sign", "\u212bsa@example.com", "åsa@example.com"],
    ["Cyrillic", "АННА@пример.рф", "анна@пример.рф"],
    ["decomposed accents are composed", "zoe\u0308@example.com", "zoë@example.com"],
  ])("%s", (_what, given, identifier) => {
    expect(identifyByEmail(given)).toEqual({ ok: true, identifier });
    expect(identifyByEmail(identifier)).toEqual({ ok: true, identifier });
  });
});
