import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { UTC } from "../../../destination-iterable/mapping/dates/time-zone.js";
import { createMapping, MappingError } from "../../../destination-iterable/mapping/mapping.js";
import type { MappingOptions } from "../../../destination-iterable/mapping/options.js";
import type { JsonObject } from "../../../protocol/message.js";

type Entries = readonly Record<string, unknown>[];

const FIELDS: readonly [string, FieldType][] = [
  ["email", "string"],
  ["firstName", "string"],
  ["lastName", "string"],
  ["phoneNumber", "string"],
  ["size", "long"],
  ["birthday", "date"],
  ["newsletter", "boolean"],
  ["address", "object"],
  ["address.zip", "string"],
  ["signupDate", "date"],
];

/** Entries as a configuration file would have them. */
function entriesOf(entries: Entries): NonNullable<MappingOptions["entries"]> {
  return config.parse({ api_key: "k", field_mapping: entries }).field_mapping ?? [];
}

function mapping(entries?: Entries, overrides: Partial<MappingOptions> = {}) {
  return createMapping({
    stream: "contacts",
    identifier: "email",
    entries: entries && entriesOf(entries),
    identity: false,
    unmappedFields: "drop",
    sourceFields: undefined,
    iterableFields: new Map(FIELDS),
    onInvalidValue: "drop_field",
    sha256: (text) => `hash of ${text}`,
    zone: UTC,
    today: "2026-11-25",
    newTypes: new Map(),
    ...overrides,
  });
}

function map(
  record: JsonObject,
  entries?: Entries,
  overrides: Partial<MappingOptions> = {},
  invalid: string[] = [],
) {
  const mapped = mapping(entries, overrides).map(record, invalid);
  // The fields have no prototype, which toEqual would tell from the objects written here.
  return mapped.verdict === "send" ? { ...mapped, fields: { ...mapped.fields } } : mapped;
}

const EMAIL = { email: "ann@example.com" };

describe("the default mapping", () => {
  test("sends phone, name and the fields that Iterable has under the same name, and nothing else", () => {
    const record = {
      email: " Ann@Example.COM ",
      name: "Ann Mary Lee",
      phone: "+14155550123",
      size: "42",
      newsletter: "yes",
      address: { zip: 10115, city: "Berlin" },
      signupDate: "2024-01-01",
      unknown: "x",
      contact_key: "ann@example.com",
      birthday: null,
    };
    expect(map(record)).toEqual({
      verdict: "send",
      key: "ann@example.com",
      identifier: "ann@example.com",
      fields: {
        firstName: "Ann",
        lastName: "Mary Lee",
        phoneNumber: "+14155550123",
        size: 42,
        newsletter: true,
        address: { zip: "10115", city: "Berlin" },
      },
      dropped: [],
    });
  });

  test.each([
    ["(415) 555-0123", "not_e164"],
    ["+1 415 555 0123", "not_e164"],
    [4155550123, "not_text"],
  ])("leaves out the phone %j", (phone, reason) => {
    expect(map({ ...EMAIL, phone })).toMatchObject({
      fields: {},
      dropped: [{ field: "phoneNumber", reason }],
    });
  });

  test("has no last name for a name of one word, and none at all for white space", () => {
    expect(map({ ...EMAIL, name: "  Plato " })).toMatchObject({ fields: { firstName: "Plato" } });
    expect(map({ ...EMAIL, name: "   " })).toMatchObject({ fields: {}, dropped: [] });
  });

  test("leaves out fields that the catalog does not have", () => {
    const options = { sourceFields: ["email", "size"] };
    expect(map({ ...EMAIL, name: "Ann", size: 1, newsletter: true }, undefined, options)).toMatchObject({
      fields: { size: 1 },
    });
  });

  test("drops only the value that does not fit, or turns the contact away where that is wanted", () => {
    const record = { ...EMAIL, size: "M", newsletter: true };
    expect(map(record)).toMatchObject({
      fields: { newsletter: true },
      dropped: [{ field: "size", reason: "not_an_integer" }],
    });
    expect(map(record, undefined, { onInvalidValue: "reject_contact" })).toMatchObject({
      verdict: "reject",
      field: "size",
      reason: "not_an_integer",
    });
  });
});

describe("the identifier", () => {
  test.each([
    [undefined, "no_identifier"],
    [null, "no_identifier"],
    ["  ", "no_identifier"],
    ["none", "no_identifier"],
    [42, "invalid_email"],
    ["ann", "invalid_email"],
    ["a@", "invalid_email"],
    ["x y@example.com", "invalid_email"],
    ["ann@example", "invalid_email"],
    ["ann@example..com", "invalid_email"],
    ["a..b@example.com", "invalid_email"],
    [".a@example.com", "invalid_email"],
    ["ann@-example.com", "invalid_email"],
    [`${"a".repeat(300)}@example.com`, "invalid_email"],
  ])("%j is rejected as %s", (email, reason) => {
    expect(map({ email })).toEqual({ verdict: "reject", key: undefined, field: "email", reason });
  });

  test.each([
    ["test+tag@example.com", "test+tag@example.com"],
    ["O'Neil@Example.CO.UK", "o'neil@example.co.uk"],
    ["ünïcode@exämple.de", "ünïcode@exämple.de"],
    ["a@xn--bcher-kva.example", "a@xn--bcher-kva.example"],
    ["\tann@example.com\n", "ann@example.com"],
  ])("%j is sent as %s", (email, sent) => {
    expect(map({ email })).toMatchObject({ identifier: sent, key: sent });
  });

  test("comes from the entry that targets it", () => {
    expect(
      map({ mail: "ann@example.com", email: "other@example.com" }, [{ source: "mail", target: "email" }]),
    ).toMatchObject({
      identifier: "ann@example.com",
      fields: {},
    });
  });

  test("is the user id, with its case, where the configuration says so; the email is then a field", () => {
    expect(
      map({ userId: " Ab1 ", email: "ann@example.com" }, undefined, { identifier: "user_id" }),
    ).toMatchObject({
      key: "Ab1",
      fields: { email: "ann@example.com" },
    });
  });
});

describe("a mapping entry", () => {
  test.each<[string, Record<string, unknown>, JsonObject, JsonObject]>([
    ["takes a field", { source: "a" }, { a: 1 }, { t: 1 }],
    ["takes a nested field", { source: "a.b" }, { a: { b: 1 } }, { t: 1 }],
    ["prefers the exact name", { source: "a.b" }, { "a.b": 2, a: { b: 1 } }, { t: 2 }],
    ["escapes a dot in a name", { source: "a\\.b.c" }, { "a.b": { c: 3 } }, { t: 3 }],
    ["finds a name that a cache has changed", { source: "Shirt Size" }, { shirt_size: "M" }, { t: "M" }],
    ["does not guess between two of them", { source: "A b" }, { a_b: 1, "A-b": 2 }, {}],
    ["takes the first that is not empty", { sources: ["a", "b"] }, { a: " ", b: "x" }, { t: "x" }],
    ["has a constant", { constant: "5", type: "long" }, {}, { t: 5 }],
    ["fills a template", { template: "{a}, {b.c}!" }, { a: "x", b: { c: 1 } }, { t: "x, 1!" }],
    ["sends nothing for an empty template", { template: "{a} {b}" }, {}, {}],
    ["falls back", { source: "a", default: "7", type: "long" }, { a: "" }, { t: 7 }],
    ["does not erase for null", { source: "a" }, { a: null }, {}],
    ["erases for null where it may", { source: "a", clear_on_null: true }, { a: null }, { t: null }],
    ["does not erase for absence", { source: "a", clear_on_null: true }, {}, {}],
    ["transforms in order", { source: "a", transform: ["trim", "upper"] }, { a: " x " }, { t: "X" }],
    ["splits", { source: "a", transform: ["split"], separator: ";" }, { a: "x; y;;" }, { t: ["x", "y"] }],
    ["hashes", { source: "a", transform: ["sha256"] }, { a: " Ann " }, { t: "hash of ann" }],
    [
      "takes names apart",
      { source: "a", transform: ["last_name"] },
      { a: "Ann Mary Lee" },
      { t: "Mary Lee" },
    ],
    [
      "writes titles",
      { source: "a", transform: ["title"] },
      { a: "éva o'neil-łuk" },
      { t: "Éva O'Neil-Łuk" },
    ],
    [
      "makes phones",
      { source: "a", transform: ["phone"], phone_country: "US" },
      { a: "(415) 555-2671" },
      { t: "+14155552671" },
    ],
    [
      "reads dates",
      { source: "a", transform: ["date"], date_format: "DD/MM/YYYY" },
      { a: "31/12/2023" },
      { t: "2023-12-31" },
    ],
    ["reads booleans", { source: "a", transform: ["boolean"] }, { a: "On" }, { t: true }],
    ["keeps digits", { source: "a", transform: ["digits"] }, { a: "+1 (2)" }, { t: "12" }],
    ["does not take a prototype for a field", { source: "constructor" }, {}, {}],
  ])("%s", (_, entry, record, fields) => {
    expect(map({ ...EMAIL, ...record }, [{ target: "t", ...entry }])).toMatchObject({
      verdict: "send",
      fields,
      dropped: [],
    });
    const sent = map({ ...EMAIL, ...record }, [{ target: "t", ...entry }]);
    expect(sent.verdict === "send" && sent.fields).toEqual(fields);
  });

  test("that is required and has nothing turns the contact away", () => {
    expect(map(EMAIL, [{ source: "zip", target: "zip", required: true }])).toEqual({
      verdict: "reject",
      key: "ann@example.com",
      field: "zip",
      reason: "missing_required",
    });
  });

  test("that is required is not taken for the one of the record before", () => {
    const { map: mapOne } = mapping([{ source: "zip", target: "zip", required: true }]);
    expect(mapOne({ ...EMAIL, zip: "12345" }, [])).toMatchObject({
      verdict: "send",
      fields: { zip: "12345" },
    });
    expect(mapOne(EMAIL, [])).toMatchObject({ verdict: "reject", reason: "missing_required" });
  });

  test("whose transform fails costs the field alone", () => {
    const entry = { source: "a", target: "t", transform: ["phone"], phone_country: "US" };
    expect(map({ ...EMAIL, a: "x" }, [entry])).toMatchObject({
      fields: {},
      dropped: [{ field: "t", reason: "not_a_phone" }],
    });
  });

  test("leaves other fields alone, or sends them under their own names where that is wanted", () => {
    const record = { ...EMAIL, a: 1, other: 2, signupDate: "2024-01-01", _private: 3 };
    const entries = [{ source: "a", target: "t" }];
    expect(map(record, entries)).toMatchObject({ fields: { t: 1 } });
    const all = map(record, entries, { unmappedFields: "same_name" });
    expect(all.verdict === "send" && all.fields).toEqual({ t: 1, other: 2 });
  });
});

test("a value that contradicts its schema is sent only where Iterable's type says what it has to be", () => {
  const sent = map(
    { ...EMAIL, size: "42", other: 1 },
    [
      { source: "size", target: "size" },
      { source: "other", target: "new" },
    ],
    {},
    ["size", "other"],
  );
  expect(sent).toMatchObject({ fields: { size: 42 }, dropped: [{ field: "new", reason: "schema" }] });
});

test.each([
  [{ field: "country", equals: "DE" }, { country: "DE" }, true],
  [{ field: "country", equals: "DE" }, { country: "FR" }, false],
  [{ field: "age", in: ["1", "2"] }, { age: 2 }, true],
  [{ field: "consent", empty: true }, {}, true],
  [{ field: "consent", empty: true }, { consent: "yes" }, false],
])("skip_if %j leaves %j out: %s", (skipIf, record, kept) => {
  expect(map({ ...EMAIL, ...record }, undefined, { skipIf }).verdict).toBe(kept ? "keep" : "send");
});

describe("a mapping that cannot work", () => {
  test("is refused at start with every mistake, its place and the remedy", () => {
    const entries: Entries = [
      { source: "nmae", target: "fullName" },
      { source: "name", target: "fullName" },
      { source: "name", constant: "x", target: "a" },
      { source: "name", target: "signupDate" },
      { source: "name", target: "one.two.three" },
      { source: "name", target: "postal" },
      { source: "name", target: "postal.code" },
      { source: "name", target: "birthday", type: "boolean" },
      { constant: "many", target: "count", type: "long" },
      { source: "name", target: "d", date_format: "DD/MM/YYYY" },
      { source: "name", target: "userId" },
    ];
    const build = () => mapping(entries, { sourceFields: ["email", "name"] });
    expect(build).toThrow(MappingError);
    const problems = (() => {
      try {
        build();
        return [];
      } catch (error) {
        return (error as MappingError).problems;
      }
    })();
    expect(problems).toMatchInlineSnapshot(`
      [
        "field_mapping[0] (target "fullName"): the stream has no field "nmae"; did you mean "name"?",
        "field_mapping[1] (target "fullName"): field_mapping[0] has the same target; remove one",
        "field_mapping[2] (target "a"): give exactly one of "source", "sources", "constant" and "template"",
        "field_mapping[3] (target "signupDate"): the name is managed by Iterable itself; choose another target",
        "field_mapping[4] (target "one.two.three"): the name is deeper than 2 levels; choose another target",
        "field_mapping[6] (target "postal.code"): field_mapping[5] writes "postal", and one would overwrite the other; map either the object or its fields",
        "field_mapping[7] (target "birthday"): the type boolean contradicts Iterable's field, which is a date and stays one; leave "type" out or choose another target",
        "field_mapping[8] (target "count"): "constant" cannot be turned into a long",
        "field_mapping[9] (target "d"): "date_format" needs the transform date",
        "field_mapping[10] (target "userId"): users are told apart by email in this configuration; choose another target",
      ]
    `);
  });

  test("names the stream that can have no identifier", () => {
    expect(() => mapping(undefined, { stream: "flows", sourceFields: ["id", "name"] })).toThrow(/"flows"/);
  });

  test("warns of a target that looks like an existing field", () => {
    expect(mapping([{ source: "a", target: "First Name" }]).warnings).toHaveLength(1);
  });
});

test("no record, however odd, makes the mapping fail or send a null or an identifier", () => {
  const keys = fc.constantFrom(
    "email",
    "name",
    "phone",
    "size",
    "address",
    "__proto__",
    "constructor",
    "birthday",
    "x",
  );
  const records = fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.constant("ann@example.com")), {
    noNullPrototype: false,
  });
  const all = mapping(undefined, { unmappedFields: "same_name" });
  fc.assert(
    fc.property(records, (record) => {
      const parsed = JSON.parse(JSON.stringify(record)) as JsonObject;
      const mapped = all.map(parsed, []);
      if (mapped.verdict !== "send") return;
      expect(Object.values(mapped.fields)).not.toContain(null);
      expect(mapped.fields).not.toHaveProperty("email");
      expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    }),
    { seed: 20260104, numRuns: 2000 },
  );
});

describe("a form's own firstName, lastName and phoneNumber", () => {
  const OWN = { firstName: "Anna", lastName: "Lee", phoneNumber: "+14155550199" };
  const MADE = { name: "Ann Mary Leigh", phone: "+14155550123" };

  test("win over what would be made of name and phone", () => {
    expect(map({ ...EMAIL, ...MADE, ...OWN })).toMatchObject({ fields: OWN, dropped: [] });
    expect(map({ ...EMAIL, ...OWN })).toMatchObject({ fields: OWN, dropped: [] });
  });

  test("leave what they do not say to name and phone", () => {
    expect(map({ ...EMAIL, ...MADE, firstName: "Anna", lastName: " ", phoneNumber: null })).toMatchObject({
      fields: { firstName: "Anna", lastName: "Mary Leigh", phoneNumber: "+14155550123" },
    });
  });

  test("are found under the names that a cache gives them, and sent once", () => {
    const record = { ...EMAIL, name: "Ann Leigh", firstname: "Anna" };
    expect(map(record, undefined, { unmappedFields: "same_name" })).toMatchObject({
      fields: { firstName: "Anna", lastName: "Leigh" },
    });
  });
});

describe("phoneNumber, whoever maps it", () => {
  test.each<[string, object, Entries | undefined, Partial<MappingOptions>]>([
    ["an entry", { mobile: "0170 1234567" }, [{ source: "mobile", target: "phoneNumber" }], {}],
    ["an entry of digits", { mobile: 491701234567 }, [{ source: "mobile", target: "phoneNumber" }], {}],
    ["the default mapping", { phone: "0170 1234567" }, undefined, {}],
    ["a field of that name", { phoneNumber: "0170 1234567" }, undefined, {}],
    ["data activation", { phoneNumber: "0170 1234567" }, undefined, { identity: true }],
    ["a constant", {}, [{ constant: "0170", target: "phoneNumber" }], {}],
  ])("by %s: what is not E.164 is left out and counted", (_what, record, entries, overrides) => {
    expect(map({ ...EMAIL, ...record }, entries, overrides)).toMatchObject({
      fields: {},
      dropped: [{ field: "phoneNumber", reason: "not_e164" }],
    });
  });

  test("is sent where it is, or where a transform makes it so", () => {
    const entry = { source: "mobile", target: "phoneNumber" };
    expect(map({ ...EMAIL, mobile: "\u202a+491701234567\u202c" }, [entry])).toMatchObject({
      fields: { phoneNumber: "+491701234567" },
    });
    const made = { ...entry, transform: ["phone"], phone_country: "DE" };
    expect(map({ ...EMAIL, mobile: "0170 1234567" }, [made])).toMatchObject({
      fields: { phoneNumber: "+491701234567" },
    });
  });
});
