import { describe, expect, test } from "vitest";
import { identifyByEmail, identifyByUserId } from "../../../destination-iterable/iterable/identifiers.js";
import { coerce } from "../../../destination-iterable/mapping/coercion.js";
import { compileCondition, compileConsent } from "../../../destination-iterable/mapping/conditions.js";
import { isDateFormat } from "../../../destination-iterable/mapping/dates/date-format.js";
import { firstName, lastName } from "../../../destination-iterable/mapping/names.js";
import { isSameName } from "../../../destination-iterable/mapping/paths.js";
import { trimmed } from "../../../destination-iterable/mapping/text.js";
import { TRANSFORM_NAMES } from "../../../destination-iterable/mapping/transforms.js";
import { shapeOf } from "../../../destination-iterable/plan/shape.js";
import { parseInstant } from "../../../protocol/instant.js";
import { mapOne, optionsFor } from "./sitting.js";

/** So long that whatever is quadratic would take hours: a test of this file that does not end has found it. */
const LENGTH = 1_000_000;
const fill = (unit: string) => unit.repeat(LENGTH / unit.length);

/** What a public form lets anybody send. */
const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ["a date followed by blanks and more", `2024-01-01${fill(" ")}x`],
  ["a date after blanks", `${fill("\t")}2024-01-01`],
  ["a long number", fill("1")],
  ["a long number that is none", `${fill("1")}x`],
  ["a fraction without end", `2024-01-01T10:00:00.${fill("1")}x`],
  ["blanks between words", `Ann${fill(" ")}Lee`],
  ["blanks alone", fill(" ")],
  ["invisible characters", fill("\u200b")],
  ["invisible characters around a word", `${fill("\u00ad")}x${fill("\ufe0f")}`],
  ["many words", fill("ab ")],
  ["many signs", fill("@.")],
  ["dots", `ann@${fill("a.")}com`],
  ["quotes", fill('"\\')],
  ["combining marks", `a${fill("\u0301")}`],
  ["half surrogate pairs", fill("\ud83d")],
  ["emoji", fill("😀")],
];
const TYPES = ["string", "date", "long", "double", "boolean", "object", "unknown"] as const;

describe.each(HOSTILE)("%s", (_what, text) => {
  test.each(TYPES)("as a %s is sent or refused, in time", (type) => {
    const coerced = coerce(text, type);
    if (coerced.ok) expect(String(coerced.value).length).toBeLessThanOrEqual(32_000);
  });

  test.each(TRANSFORM_NAMES)("transformed by %s is sent or refused, in time", (name) => {
    const parameters = { phone_country: "US", date_format: "D.M.YYYY", separator: " " };
    const entry = { source: "a", target: "note", transform: [name], ...parameters };
    const options = optionsFor({ note: "unknown" }, undefined);
    const { entries } = optionsFor({}, [entry]);
    const { key, ...kept } = { key: "", ...entries?.[0] };
    expect(key).toBe("");
    const own = { ...kept } as Record<string, unknown>;
    if (name !== "phone") delete own.phone_country;
    if (name !== "date") delete own.date_format;
    if (name !== "split") delete own.separator;
    const mapped = mapOne(
      { email: "ann@example.com", a: text },
      { ...options, entries: [own] as unknown as typeof options.entries },
    );
    expect(mapped.verdict).toBe("send");
  });

  test("is read as an identifier, a name, a word and a path in time", () => {
    expect(identifyByEmail(text).ok).toBe(false);
    expect(identifyByUserId(`${text}\n${text}`).ok).toBe(false);
    expect(compileConsent({ field: "a", agrees: ["yes"] })({ a: text })).toBe(false);
    expect(compileCondition({ field: "a", equals: "yes" })({ a: text })).toBe(false);
    expect(trimmed(text).length).toBeLessThanOrEqual(text.length);
    expect(firstName(text).length + lastName(text).length).toBeLessThanOrEqual(text.length);
    expect(isSameName(text, "a")).toBe(false);
    expect(shapeOf(text).length).toBeLessThanOrEqual(81);
    expect(isDateFormat(text)).toBe(false);
    parseInstant(text);
  });

  test("costs its own value alone", () => {
    const fields = { note: "string", born: "date", score: "long", home: "object" } as const;
    const record = {
      email: "ann@example.com",
      note: "hello",
      born: text,
      score: text,
      home: { a: text, b: "b" },
    };
    const mapped = mapOne(record, optionsFor(fields));
    expect(mapped).toMatchObject({ verdict: "send", fields: { note: "hello" } });
  });
});

describe("values of odd shapes", () => {
  const nested = (depth: number, close: unknown = "x") => {
    let value: unknown = close;
    for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
    return value;
  };
  test.each([40, 5_000, 100_000])("nested %i levels deep cost their field alone", (depth) => {
    const record = {
      email: "ann@example.com",
      note: "hello",
      home: nested(depth),
      list: nested(depth, null),
    };
    const options = optionsFor({ note: "string", home: "object", list: "string" }, undefined, {
      skipIf: { field: "home", equals: "x" },
      consent: undefined,
    });
    const mapped = mapOne(record, options);
    expect(mapped).toMatchObject({ verdict: "send", fields: { note: "hello" } });
    expect(mapped.verdict === "send" && mapped.fields).not.toHaveProperty("home");
  });

  test.each([2 ** 53, 1e308, -(2 ** 60), Number.POSITIVE_INFINITY, Number.NaN])(
    "the number %d costs no other field",
    (value) => {
      const record = { email: "ann@example.com", note: "hello", score: value, text: value };
      const mapped = mapOne(record, optionsFor({ note: "string", score: "long", text: "string" }));
      expect(mapped).toMatchObject({ verdict: "send", fields: { note: "hello" } });
    },
  );
});
