import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { coerce } from "../../../destination-iterable/mapping/coercion.js";
import { fitOf } from "../../../destination-iterable/plan/fit.js";
import {
  type Kind,
  nameOf,
  sourceTypeOf,
  typeAtPath,
} from "../../../destination-iterable/plan/source-type.js";

const TYPES: readonly FieldType[] = [
  "string",
  "date",
  "long",
  "double",
  "boolean",
  "object",
  "nested",
  "geo_location",
  "unknown",
];

/** Values of each kind; those of texts that are anything besides. */
const VALUES: Readonly<Record<Kind, fc.Arbitrary<unknown>>> = {
  string: fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom("yes", "2024-02-29", "1.5")),
  date: fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString()),
  integer: fc.maxSafeInteger(),
  number: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
    fc.constantFrom(0, 1),
  ),
  boolean: fc.boolean(),
  object: fc.oneof(
    fc.dictionary(fc.string(), fc.integer()),
    fc.record({ lat: fc.integer({ min: 0, max: 9 }), lon: fc.nat(9) }),
  ),
};
const KINDS = Object.keys(VALUES) as Kind[];

describe("what a plan says of types is what happens to values", () => {
  test.each(KINDS.flatMap((kind) => TYPES.map((type) => [kind, type] as const)))(
    "%s in a field of type %s",
    (kind, type) => {
      const fit = fitOf({ kinds: [kind], isList: false }, type);
      let sent = 0;
      fc.assert(
        fc.property(VALUES[kind], (value) => {
          const coerced = coerce(value, type);
          if (coerced.ok) sent += 1;
          if (fit.fit === "fits") expect(coerced).toEqual({ ok: true, value });
          if (fit.fit === "cannot") expect(coerced.ok).toBe(false);
        }),
        { seed: 20260104, numRuns: 200 },
      );
      if (fit.fit === "coerced") expect(sent).toBeGreaterThan(0);
    },
  );
});

describe("the type of a field", () => {
  test.each<[unknown, string]>([
    [{ type: "string" }, "string"],
    [{ type: ["null", "integer"] }, "integer"],
    [{ type: "string", format: "date-time" }, "date"],
    [{ type: ["string", "boolean"] }, "string or boolean"],
    [{ anyOf: [{ type: "number" }, { type: "null" }] }, "number"],
    [
      { oneOf: [{ type: "string" }, { type: "array", items: { type: "integer" } }] },
      "array of string or integer",
    ],
    [{ type: "array", items: { type: "string" } }, "array of string"],
    [{ type: "array" }, "array of unknown"],
    [{}, "unknown"],
    [{ type: "null" }, "unknown"],
    [true, "unknown"],
    [undefined, "unknown"],
  ])("%j is %s", (schema, name) => {
    expect(nameOf(sourceTypeOf(schema))).toBe(name);
  });

  test.each([
    ["a", "integer"],
    ["A B", "boolean"],
    ["a_b", "boolean"],
    ["c.d", "string"],
    ["c.D", "string"],
    ["e\\.f", "number"],
    ["e.f", "number"],
    ["c.x", "unknown"],
    ["nothing.here", "unknown"],
  ])("is found at the path %s", (path, name) => {
    const properties = {
      a: { type: "integer" },
      "A B": { type: "boolean" },
      c: { type: "object", properties: { d: { type: "string" } } },
      "e.f": { type: "number" },
    };
    expect(nameOf(typeAtPath(properties, path))).toBe(name);
  });
});
