import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import { asUser } from "../../../destination-iterable/iterable/bodies.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { nameProblem } from "../../../destination-iterable/iterable/reserved-fields.js";
import { createMapping, MappingError } from "../../../destination-iterable/mapping/mapping.js";
import { lookAlike } from "../../../destination-iterable/mapping/targets.js";
import { outlookOf } from "../../../destination-iterable/plan/plan.js";
import { mappingOptions } from "../../../destination-iterable/stream-settings.js";

const FIELDS: Readonly<Record<string, FieldType>> = {
  email: "string",
  address: "object",
  "address.city": "string",
  "Shirt Size": "string",
  "Gro\u0308ße": "string",
  naïve: "string",
  _old: "string",
};
const ANN = { email: "ann@example.com" };

/** What is sent of a record, what is left out, and what the plan says of its fields. */
function sentOf(record: object, settings: object = {}, identity = false, fields = FIELDS) {
  const given = config.parse({ api_key: "k", ...settings });
  const properties = Object.fromEntries(Object.keys({ ...ANN, ...record }).map((name) => [name, {}]));
  const stream = { name: "contacts", properties, identity };
  const options = mappingOptions(given, given, stream, new Map(Object.entries(fields)));
  const { rows } = outlookOf(options, properties, true);
  const mapped = createMapping(options).map({ ...ANN, ...record }, []);
  if (mapped.verdict !== "send") throw new Error("not sent");
  const contact = { mode: "overwrite" as const, layers: [], records: [], ...mapped };
  const user = JSON.parse(JSON.stringify(asUser(contact, "email")));
  return {
    data: user.dataFields,
    merges: user.mergeNestedObjects ?? false,
    dropped: mapped.dropped.map(({ field, reason }) => `${field} ${reason}`),
    plan: Object.fromEntries(rows.map(({ source, target, verdict }) => [source, [target, verdict]])),
  };
}
const SAME_NAME = { unmapped_fields: "same_name", field_mapping: [] };
const mapped = (...field_mapping: object[]) => ({ field_mapping });

describe("a label with a dot", () => {
  test.each([
    ["same_name", SAME_NAME, false],
    ["data activation", {}, true],
  ])("is one field with %s", (_what, settings, identity) => {
    expect(sentOf({ "Q. 1: size?": "L", "v1.2": 3 }, settings, identity)).toMatchObject({
      data: { "Q. 1: size?": "L", "v1.2": 3 },
      merges: false,
      dropped: [],
    });
  });

  test("is the field of an object where Iterable has that field", () => {
    expect(sentOf({ "address.city": "Köln" }, {}, true)).toMatchObject({
      data: { address: { city: "Köln" } },
      merges: true,
    });
  });

  test("is read as one field, and written into an object where a mapping says so", () => {
    const record = { "Q. 1": "L" };
    expect(sentOf(record, mapped({ source: "Q\\. 1", target: "form.size" }))).toMatchObject({
      data: { form: { size: "L" } },
      merges: true,
    });
    expect(sentOf(record, mapped({ source: "Q. 1", target: "Q\\. 1" }))).toMatchObject({
      data: { "Q. 1": "L" },
      merges: false,
    });
    expect(sentOf(record, mapped({ source: "Q. 1", target: "form.Q\\. 1" }))).toMatchObject({
      data: { form: { "Q. 1": "L" } },
    });
  });
});

describe("the name of a field", () => {
  test("is the one that Iterable has, however its accents are written", () => {
    const record = { Größe: "L", "nai\u0308ve": "x" };
    const data = { "Gro\u0308ße": "L", naïve: "x" };
    expect(sentOf(record, { ...SAME_NAME })).toMatchObject({ data });
    expect(sentOf(record, {})).toMatchObject({ data });
    const entries = mapped({ source: "Größe", target: "Größe" }, { source: "naïve", target: "nai\u0308ve" });
    expect(sentOf(record, entries)).toMatchObject({ data });
  });

  test("is written without what nobody sees at its ends where it would be new", () => {
    expect(sentOf({ " Ziel\u200b": "x" }, SAME_NAME)).toMatchObject({
      data: { Ziel: "x" },
      plan: { " Ziel\u200b": ["Ziel", "created"] },
    });
  });

  test.each([
    ["case", "shirt size"],
    ["an underscore", "Shirt_Size"],
    ["a hyphen", "shirt-size"],
    ["nothing between", "ShirtSize"],
    ["two spaces", "Shirt  Size"],
    ["an invisible character", "Shirt\u200bSize"],
  ])("that differs from one of Iterable's by %s is not created, and the plan says so", (_what, name) => {
    const result = sentOf({ [name]: "L" }, SAME_NAME);
    expect(result.data).toEqual({});
    expect(result.dropped).toHaveLength(1);
    const [, verdict] = result.plan[name] as string[];
    expect(["looks_like", "not_sent"]).toContain(verdict);
  });

  test("that differs from another of the contact's is not created twice", () => {
    const result = sentOf({ Colour: "red", colour: "blue" }, SAME_NAME);
    expect(result).toMatchObject({ data: { Colour: "red" }, dropped: ["colour looks_like"] });
    expect(result.plan).toMatchObject({ Colour: ["Colour", "created"], colour: ["colour", "looks_like"] });
  });

  test("costs its value and not the contact, whatever on_invalid_value says", () => {
    expect(sentOf({ ShirtSize: "L" }, { ...SAME_NAME, on_invalid_value: "reject_contact" })).toMatchObject({
      dropped: ["ShirtSize looks_like"],
    });
  });

  test("is refused in a mapping whose targets nobody can tell apart", () => {
    const entries = mapped({ source: "a", target: "Colour" }, { source: "b", target: "colour" });
    expect(() => sentOf({ a: 1, b: 2 }, entries)).toThrow(MappingError);
    expect(() => sentOf({ a: 1 }, mapped({ source: "a", target: "Colour\u200b" }))).toThrow(/white space/);
    expect(() => sentOf({ a: 1 }, mapped({ source: "a", target: "Col\u200bour" }))).toThrow(/invisible/);
    expect(() => sentOf({ "Colour ": 1 }, {}, true)).toThrow(/white space/);
  });

  test("may break the rules for new ones where Iterable has the field", () => {
    expect(sentOf({ _old: "x" }, {})).toMatchObject({ data: { _old: "x" } });
    expect(sentOf({ a: "x" }, mapped({ source: "a", target: "_old" }))).toMatchObject({
      data: { _old: "x" },
    });
    expect(() => sentOf({ a: "x" }, mapped({ source: "a", target: "_new" }))).toThrow(/underscore/);
  });

  test.each(["__proto__", "a.__proto__", "__proto__.a"])("is not %s", (target) => {
    expect(() => sentOf({ a: "x" }, mapped({ source: "a", target }))).toThrow(MappingError);
    expect(nameProblem(target, true)).toBe("is no name of a field");
  });

  test.each(["constructor.prototype", "toString", "hasOwnProperty.call"])("may be %s", (target) => {
    const { data } = sentOf({ a: "x" }, mapped({ source: "a", target }));
    expect(JSON.stringify(data)).toContain('"x"');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("is compared with thousands of others at once", () => {
    const fields = new Map(
      Array.from({ length: 20_000 }, (_, index) => [`field ${index}`, "string"] as const),
    );
    for (let index = 0; index < 20_000; index += 1)
      expect(lookAlike(`Field_${index}`, fields)).toBe(`field ${index}`);
  });
});
