import { describe, expect, it } from "vitest";
import { contactKey, convertedAt, toContact } from "../../../source-flowcode/streams/contacts.js";

describe("toContact", () => {
  it("lifts the user's fields to the top, and gives the row's a prefix", () => {
    const row = {
      id: "c1",
      user: { email: " Ann@Example.COM ", name: "Ann", answers: { size: "M" }, tags: ["a"] },
      firstConvertedAt: "2026-01-01T00:00:00.123456789Z",
      lastConvertedAt: "2026-01-02T00:00:00Z",
      suiteId: "s1",
    };
    expect(toContact(row)).toEqual({
      email: " Ann@Example.COM ",
      name: "Ann",
      answers: { size: "M" },
      tags: ["a"],
      conversion_id: "c1",
      firstConvertedAt: "2026-01-01T00:00:00.123456789Z",
      lastConvertedAt: "2026-01-02T00:00:00Z",
      conversion_suiteId: "s1",
      contact_key: "ann@example.com",
    });
  });

  it("treats a field that is called __proto__ as a field", () => {
    const row = JSON.parse(
      '{"user": {"email": "a@b.c", "__proto__": {"isAdmin": true}}, "__proto__": {"x": 1}}',
    );
    const contact = toContact(row) as Record<string, unknown>;
    expect(Object.getPrototypeOf(contact)).toBe(Object.prototype);
    expect(contact.isAdmin).toBeUndefined();
    expect(Object.keys(contact)).toEqual(["email", "__proto__", "conversion___proto__", "contact_key"]);
  });

  it.each([
    {},
    { user: null },
    { user: "x" },
    { user: {} },
    { user: { email: " ", name: null, tags: [], answers: {} } },
  ])("finds nobody in %o", (row) => expect(toContact(row)).toBeUndefined());

  it.each([
    { user: { "Work Email": "ann@example.com" } },
    { user: { name: "Ann" } },
    { user: { newsletter: false } },
  ])("leaves it to the destination whom %o identifies", (row) => {
    const contact = toContact({ ...row, suiteId: "s1" });
    expect(contact).toMatchObject({
      ...row.user,
      contact_key: expect.stringMatching(/^row:[\w-]{16}$/),
    });
    expect(toContact({ suiteId: "s1", ...row })?.contact_key).toBe(contact?.contact_key);
    expect(toContact({ ...row, suiteId: "s2" })?.contact_key).not.toBe(contact?.contact_key);
  });

  it("leaves out a value that is nested too deeply, and nothing else", () => {
    const nest = (levels: number) => JSON.parse(`${"[".repeat(levels)}${"]".repeat(levels)}`);
    let deep = 0;
    const contact = toContact(
      { user: { email: "a@b.c", bad: nest(5000), good: nest(50) }, odd: nest(5000) },
      () => deep++,
    );
    expect(Object.keys(contact ?? {})).toEqual(["email", "good", "contact_key"]);
    expect(deep).toBe(2);
  });
});

describe("contactKey", () => {
  it.each([
    [{ email: "\tAnn@Example.com " }, "ann@example.com"],
    [{ email: "", phone: "+1 (555) 010-9999" }, "+15550109999"],
    [{ email: null, phone: " 0049 30 1234" }, "0049301234"],
    [{ phone: 15550109999 }, "15550109999"],
    [{ phone: "n/a" }, undefined],
    [{ email: 7 }, undefined],
    [{ email: "x".repeat(5000), phone: "+1" }, "+1"],
    [{ email: { a: 1 }, phone: ["+1"] }, undefined],
  ])("of %o is %s", (user, key) => expect(contactKey(user)).toBe(key));
});

describe("convertedAt", () => {
  it.each([
    [
      { lastConvertedAt: "2026-01-02T00:00:00.5Z", firstConvertedAt: "2026-01-01T00:00:00Z" },
      1767312000,
      5e8,
    ],
    [{ firstConvertedAt: "2026-01-01T00:00:00.000000001Z" }, 1767225600, 1],
  ])("of %o", (row, seconds, nanos) => expect(convertedAt(row)).toEqual({ seconds, nanos }));

  it("is unknown where the row does not say", () =>
    expect(convertedAt({ lastConvertedAt: "soon" })).toBeUndefined());
});
