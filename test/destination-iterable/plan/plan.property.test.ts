import fc from "fast-check";
import { expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { createMapping } from "../../../destination-iterable/mapping/mapping.js";
import { findProblems } from "../../../destination-iterable/mapping/problems.js";
import { outlookOf } from "../../../destination-iterable/plan/plan.js";
import { mappingOptions } from "../../../destination-iterable/stream-settings.js";

const FIELDS = new Map<string, FieldType>([
  ["email", "string"],
  ["text", "string"],
  ["phoneNumber", "string"],
  ["day", "date"],
  ["whole", "long"],
  ["real", "double"],
  ["flag", "boolean"],
  ["box", "object"],
  ["place", "geo_location"],
]);

const SOURCES = {
  email: { schema: { type: "string" }, value: fc.constant("ann@example.com") },
  words: {
    schema: { type: "string" },
    value: fc.oneof(fc.string(), fc.nat().map(String), fc.constant("2024-01-31")),
  },
  count: { schema: { type: "integer" }, value: fc.integer() },
  price: { schema: { type: "number" }, value: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  agreed: { schema: { type: "boolean" }, value: fc.boolean() },
  phone: { schema: { type: "string" }, value: fc.constantFrom("+14155550123", "(415) 555-0123") },
  name: { schema: { type: "string" }, value: fc.constantFrom("Ann Lee", "Ann", " ") },
  firstName: { schema: { type: "string" }, value: fc.constantFrom("Anna", "", "\u200b") },
  "Text ": { schema: { type: "string" }, value: fc.string() },
  "Q. 1": { schema: { type: "string" }, value: fc.string() },
  answers: { schema: { type: "object" }, value: fc.record({ a: fc.nat() }) },
  tags: {
    schema: { type: "array", items: { type: "string" } },
    value: fc.array(fc.string(), { minLength: 1 }),
  },
};

const rarely = <T>(arbitrary: fc.Arbitrary<T>, usual: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight: 12 }, { arbitrary, weight: 1 });
const entry = fc
  .record({
    source: rarely(fc.constant("nowhere"), fc.constantFrom(...Object.keys(SOURCES))),
    target: rarely(
      fc.constantFrom("new", "Text", "signupDate", "_x"),
      fc.constantFrom(...FIELDS.keys(), "box.inner"),
    ),
    more: rarely<object>(
      fc.oneof(
        fc.record({ type: fc.constantFrom("string", "long", "double", "boolean", "date", "object") }),
        fc.record({ transform: fc.constantFrom(["trim"], ["digits"], ["boolean"], ["split"], ["sha256"]) }),
        fc.constant({ transform: ["split"], separator: "," }),
        fc.constant({ transform: ["phone"] }),
        fc.constant({ transform: ["date"], date_format: "D.M.YYYY" }),
      ),
      fc.constant({}),
    ),
  })
  .map(({ more, ...plain }) => ({ ...plain, ...more }));
const settings = fc.record({
  field_mapping: fc.option(fc.uniqueArray(entry, { selector: ({ target }) => target, maxLength: 4 }), {
    nil: undefined,
    freq: 3,
  }),
  create_new_fields: fc.boolean(),
  unmapped_fields: fc.constantFrom("drop", "same_name"),
});
const record = fc.record(
  Object.fromEntries(Object.entries(SOURCES).map(([name, { value }]) => [name, value])),
);

test("whatever the mapping: what a plan says of a field is what becomes of its values", () => {
  const properties = Object.fromEntries(Object.entries(SOURCES).map(([name, { schema }]) => [name, schema]));
  const stream = { name: "contacts", properties, identity: false };
  fc.assert(
    fc.property(settings, record, (given, person) => {
      const parsed = config.parse({ api_key: "k", ...given });
      const options = mappingOptions(parsed, parsed, stream, FIELDS);
      const { rows, problems } = outlookOf(options, properties, given.create_new_fields);
      const mistakes = findProblems(options);
      for (const { entry: index } of mistakes) {
        if (index === undefined) expect(problems).not.toEqual([]);
        else
          expect(rows.find(({ place }) => place === `field_mapping[${index}]`)?.verdict).toBe("cannot_fit");
      }
      if (mistakes.length > 0) return;
      const mapped = createMapping(options).map(person, []);
      if (mapped.verdict !== "send") return;
      const lost = new Set(mapped.dropped.map(({ field }) => field));
      for (const { target, verdict, place } of rows) {
        if (target === null || place === "identifier" || target === "email") continue;
        if (verdict === "not_sent") expect(mapped.fields).not.toHaveProperty([target]);
        if (verdict === "cannot_fit") expect(mapped.fields).not.toHaveProperty([target]);
        if (verdict === "fits") expect(lost).not.toContain(target);
      }
      for (const target of [...Object.keys(mapped.fields), ...lost])
        expect(rows.map((row) => row.target)).toContain(target);
    }),
    { seed: 20260105, numRuns: 2000 },
  );
});
