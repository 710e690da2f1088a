import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import { toDataFields } from "../../../destination-iterable/iterable/bodies.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { UTC } from "../../../destination-iterable/mapping/dates/time-zone.js";
import { createMapping, MappingError } from "../../../destination-iterable/mapping/mapping.js";
import type { MappingOptions } from "../../../destination-iterable/mapping/options.js";
import type { JsonObject } from "../../../protocol/message.js";

type Entry = Record<string, unknown>;

const FIELDS: readonly [string, FieldType][] = [
  ["email", "string"],
  ["size", "long"],
  ["birthday", "date"],
  ["postal", "string"],
  ["home.city", "string"],
];
const EMAIL = { email: "ann@example.com" };
const SAME_NAME = { unmappedFields: "same_name" } as const;

function mapping(entries?: readonly Entry[], overrides: Partial<MappingOptions> = {}) {
  return createMapping({
    stream: "contacts",
    identifier: "email",
    entries: entries && config.parse({ api_key: "k", field_mapping: entries }).field_mapping,
    identity: false,
    unmappedFields: "drop",
    sourceFields: undefined,
    iterableFields: new Map(FIELDS),
    onInvalidValue: "drop_field",
    sha256: (text) => text,
    zone: UTC,
    today: "2026-11-25",
    newTypes: new Map(),
    ...overrides,
  });
}

function fieldsOf(record: JsonObject, entries?: readonly Entry[], overrides: Partial<MappingOptions> = {}) {
  const mapped = mapping(entries, overrides).map(record, []);
  return mapped.verdict === "send" ? { ...mapped.fields } : mapped;
}

function problemsOf(entries: readonly Entry[], overrides: Partial<MappingOptions> = {}): readonly string[] {
  try {
    mapping(entries, overrides);
    return [];
  } catch (error) {
    if (error instanceof MappingError) return error.problems;
    throw error;
  }
}

describe("a record that nobody expected", () => {
  test("may nest as deep as it likes and costs its field alone", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`);
    expect(mapping(undefined, SAME_NAME).map({ ...EMAIL, deep }, [])).toMatchObject({
      verdict: "send",
      dropped: [{ field: "deep", reason: "too_deep" }],
    });
  });

  test("may have a field both whole and in parts: the whole is sent", () => {
    const mapped = mapping(undefined, SAME_NAME).map({ ...EMAIL, a: 5, "a.b": 1 }, []);
    expect(mapped).toMatchObject({ fields: { a: 5 }, dropped: [{ field: "a.b", reason: "beside_whole" }] });
  });

  test("may have null inside lists of objects, which are left out", () => {
    expect(fieldsOf({ ...EMAIL, list: [{ a: null, b: 1 }, null] }, undefined, SAME_NAME)).toEqual({
      list: [{ b: 1 }],
    });
  });

  test("may have numbers inside objects that JSON would write as null", () => {
    const record = JSON.parse('{"email":"ann@example.com","o":{"n":1e999}}');
    expect(mapping(undefined, SAME_NAME).map(record, [])).toMatchObject({
      dropped: [{ field: "o", reason: "not_a_number" }],
    });
  });
});

describe("names in other scripts", () => {
  test("are not taken for each other", () => {
    expect(fieldsOf({ ...EMAIL, 电话: "123" }, [{ source: "姓名", target: "t" }])).toEqual({});
  });

  test("are not lost beside each other", () => {
    const entries = [{ source: "姓名", target: "t" }];
    expect(fieldsOf({ ...EMAIL, 姓名: "x", 电话: "1" }, entries, SAME_NAME)).toEqual({ t: "x", 电话: "1" });
  });

  test("are found where a cache has turned them into underscores", () => {
    expect(fieldsOf({ ...EMAIL, __: "x" }, [{ source: "姓名", target: "t" }])).toEqual({ t: "x" });
  });
});

test("whether a name is ambiguous is decided by each record, not by the one before it", () => {
  const one = mapping([{ source: "A b", target: "t" }]);
  expect(one.map({ ...EMAIL, a_b: 1 }, [])).toMatchObject({ fields: { t: 1 } });
  const next = one.map({ ...EMAIL, a_b: 1, "A-b": 2 }, []);
  expect(next.verdict === "send" && Object.keys(next.fields)).toEqual([]);
});

describe("the identifier", () => {
  test("is never among the fields, although another field gave it", () => {
    const record = { mail: "ann@example.com", email: "other@example.com" };
    expect(fieldsOf(record, [{ source: "mail", target: "email" }], SAME_NAME)).toEqual({});
  });

  test("comes from its own name where fields arrive renamed, whatever field_mapping says", () => {
    const mapped = mapping([{ source: "mail", target: "email" }], { identity: true }).map(EMAIL, []);
    expect(mapped).toMatchObject({ verdict: "send", identifier: "ann@example.com" });
  });

  test.each(['"john doe"@example.com', '"a@b"@example.com', "a@[127.0.0.1]"])(
    "may be %s, which Iterable's validator knows",
    (email) => expect(mapping().map({ email }, []).verdict).toBe("send"),
  );

  test("in a project of user ids leaves out an email that would cost the contact", () => {
    expect(
      mapping(undefined, { identifier: "user_id" }).map({ userId: "1", email: "nonsense" }, []),
    ).toMatchObject({
      verdict: "send",
      dropped: [{ field: "email", reason: "invalid_email" }],
    });
  });
});

describe("fields without a mapping", () => {
  test("do not include the source's own key", () => {
    expect(fieldsOf({ ...EMAIL, contact_key: "x" }, undefined, SAME_NAME)).toEqual({});
  });

  test("do not include what a template reads", () => {
    expect(fieldsOf({ ...EMAIL, a: "x", b: 1 }, [{ template: "{a}!", target: "t" }], SAME_NAME)).toEqual({
      t: "x!",
      b: 1,
    });
  });

  test("do not go beside an entry's target", () => {
    expect(fieldsOf({ ...EMAIL, x: 1, o: { p: 2 } }, [{ source: "x", target: "o.q" }], SAME_NAME)).toEqual({
      "o.q": 1,
    });
  });

  test("go into an object of which Iterable only knows the fields", () => {
    expect(fieldsOf({ ...EMAIL, home: { city: 7 } })).toEqual({ home: { city: "7" } });
    expect(fieldsOf({ ...EMAIL, home: "x" })).toEqual({});
  });
});

describe("a transform", () => {
  test("of texts is applied to every element of a list", () => {
    const entry = { source: "a", transform: ["split", "lower"], separator: ",", target: "t" };
    expect(fieldsOf({ ...EMAIL, a: "A,B" }, [entry])).toEqual({ t: ["a", "b"] });
  });

  test("does not pick a phone number out of a sentence", () => {
    const entry = { source: "a", transform: ["phone"], phone_country: "US", target: "t" };
    expect(mapping([entry]).map({ ...EMAIL, a: "call 415 555 2671 now" }, [])).toMatchObject({
      dropped: [{ reason: "not_a_phone" }],
    });
  });

  test.each([
    ["31/12/85", "1985-12-31"],
    ["31/12/25", "2025-12-31"],
    ["31/12/26", "1926-12-31"],
  ])("reads the two-digit year of %s as %s", (b, birthday) => {
    const entry = { source: "b", transform: ["date"], date_format: "DD/MM/YY", target: "birthday" };
    expect(fieldsOf({ ...EMAIL, b }, [entry])).toEqual({ birthday });
  });
});

test.each<[string, Entry]>([
  ["contacts are told apart by it", { constant: "a@b.co", target: "email" }],
  ["contacts are told apart by it", { source: "m", default: "a@b.co", target: "email" }],
  ["needs fields in braces", { template: "{a", target: "t" }],
  ["needs fields in braces", { template: "text", target: "t" }],
  ['"clear_on_null" needs a source', { constant: "a", clear_on_null: true, target: "t" }],
  ['"constant" cannot be turned into a long', { constant: "many", target: "size" }],
  ['"default" cannot be turned into a long', { source: "a", default: "many", target: "size" }],
  ['"default" is empty', { source: "a", default: " ", target: "t" }],
  ["must be made of", { source: "a", transform: ["date"], date_format: "DD/MM/YYYY hh:mm", target: "t" }],
  ["must be made of", { source: "a", transform: ["date"], date_format: "dd/mm/yyyy", target: "t" }],
  [
    'the transform phone needs "phone_country", such as US',
    { source: "a", transform: ["phone"], target: "t" },
  ],
  [
    'the transform date needs "date_format", such as DD/MM/YYYY; for ISO dates, give "type": "date" instead',
    { source: "a", transform: ["trim", "date"], target: "t" },
  ],
  ['the transform split needs "separator", such as ","', { source: "a", transform: ["split"], target: "t" }],
  ['"separator" must not be empty', { source: "a", transform: ["split"], separator: "", target: "t" }],
  ["nothing can be inside it", { source: "a", target: "postal.code" }],
  ["makes a boolean, contradicts", { source: "a", transform: ["boolean"], target: "birthday" }],
  [
    "which cannot become a long",
    { source: "a", transform: ["date"], date_format: "DD/MM/YYYY", type: "long", target: "t" },
  ],
  ["begins or ends with white space", { source: "a", target: "Shirt Size " }],
  ["begins or ends with white space", { source: "a", target: "home. city" }],
  ["has an empty name", { source: "", target: "t" }],
  ["has an empty name", { source: "a..b", target: "t" }],
])("says at start: %s (%j)", (words, entry) => {
  expect(problemsOf([entry])).toEqual([expect.stringContaining(words)]);
});

test("a condition that leaves nobody out is a mistake", () => {
  expect(problemsOf([], { skipIf: { field: "a" } })).toHaveLength(1);
  expect(problemsOf([], { skipIf: { field: "a", empty: true } })).toEqual([]);
});

describe("the fields as they are sent", () => {
  test("leave the contact's own objects as they are", () => {
    const fields = { a: { c: 1 }, "a.b": 1 };
    expect(JSON.stringify(toDataFields(fields))).toBe('{"a":{"c":1,"b":1}}');
    expect(fields).toEqual({ a: { c: 1 }, "a.b": 1 });
  });

  test("keep the whole where it is no object, whichever came first", () => {
    expect(JSON.stringify(toDataFields({ "a.b": 1, a: 5 }))).toBe('{"a":5}');
    expect(JSON.stringify(toDataFields({ a: null, "a.b": 1 }))).toBe('{"a":null}');
  });
});

test("whatever a record holds, what is sent survives JSON and has no null at any depth", () => {
  const keys = fc.oneof(
    fc.constantFrom("email", "name", "a", "a.b", "a.b.c", "__proto__", "home", "size", "a b"),
    fc.string(),
  );
  const records = fc.dictionary(keys, fc.jsonValue(), { noNullPrototype: false });
  const mappings = [
    mapping(undefined, SAME_NAME),
    mapping(undefined, { identity: true }),
    mapping([{ source: "a.b", target: "x.y" }], SAME_NAME),
  ];
  fc.assert(
    fc.property(records, fc.constantFrom(...mappings), (record, one) => {
      const parsed = { ...JSON.parse(JSON.stringify(record)), ...EMAIL };
      const before = JSON.stringify(parsed);
      const mapped = one.map(parsed, []);
      expect(JSON.stringify(parsed)).toBe(before);
      if (mapped.verdict !== "send") throw new Error("not sent");
      const sent = JSON.stringify(toDataFields(mapped.fields));
      JSON.parse(sent, (_, value) => {
        expect(value).not.toBe(null);
        return value;
      });
    }),
    { seed: 20261123, numRuns: 3000 },
  );
});
