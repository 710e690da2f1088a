import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { createMapping } from "../../../destination-iterable/mapping/mapping.js";
import type { MappingOptions } from "../../../destination-iterable/mapping/options.js";
import { outlookOf } from "../../../destination-iterable/plan/plan.js";
import { generatePeople } from "../../../simulators/people.js";
import {
  type Entry,
  entriesOf,
  isSame,
  originText,
  suggestionsFor,
  takenBy,
  targetText,
  withEntries,
  writtenOut,
} from "../../../sync/setup/mapping.js";

const IN_ITERABLE = new Map<string, FieldType>([
  ["email", "string"],
  ["phoneNumber", "string"],
  ["firstName", "string"],
  ["lastName", "string"],
  ["Shirt Size", "string"],
  ["birthday", "date"],
  ["score", "long"],
  ["newsletter", "boolean"],
  ["address", "object"],
  ["address.city", "string"],
  ["a.b", "string"],
  ["free", "string"],
]);
const SOURCE = [
  "email",
  "phone",
  "name",
  "contact_key",
  "Shirt Size",
  "birthday",
  "score",
  "newsletter",
  "address",
  "a.b",
  "comment",
  "firstName",
];
const PROPERTIES = Object.fromEntries(
  SOURCE.map((name) => [name, { type: ["null", name === "address" ? "object" : "string"] }]),
);

const optionsWith = (entries: readonly Entry[] | undefined, more: readonly string[] = []): MappingOptions =>
  ({
    stream: "contacts",
    entries: entries && config.parse({ api_key: "k".repeat(32), field_mapping: entries }).field_mapping,
    identity: false,
    identifier: "email",
    unmappedFields: "drop",
    onInvalidValue: "drop_field",
    sourceFields: [...SOURCE, ...more],
    sourceIsOpen: true,
    iterableFields: IN_ITERABLE,
    newTypes: new Map(),
    zone: "UTC",
    sha256: (text: string) => text,
  }) as unknown as MappingOptions;
const rowsOf = (entries: readonly Entry[] | undefined, more: readonly string[] = []) =>
  outlookOf(
    optionsWith(entries, more),
    { ...PROPERTIES, ...Object.fromEntries(more.map((name) => [name, { type: ["null", "string"] }])) },
    false,
  ).rows;
const told = (rows: ReturnType<typeof rowsOf>, field: string) =>
  rows
    .filter(({ source }) => source === field || source === field.replaceAll(".", "\\."))
    .map(({ target, verdict }) => [target, verdict]);

const DEFAULTS = writtenOut(rowsOf(undefined));
const CHANGES: readonly ((field: string) => Entry[])[] = [
  () => [],
  (field) => [{ source: field.replaceAll(".", "\\."), target: "free" }],
];

describe("a mapping that is written out", () => {
  test("does to each contact what the default does", () => {
    const people = generatePeople(500, { seed: 9, endMs: Date.UTC(2026, 0, 1) }).map(({ user }) => user);
    const own = [
      {
        email: "a@example.com",
        name: "Ann Lee",
        phone: "0151 1234567",
        "a.b": "x",
        address: { city: "Ulm" },
      },
    ];
    const [one, other] = [undefined, DEFAULTS].map((entries) => createMapping(optionsWith(entries)));
    for (const record of [...people, ...own]) {
      const [before, after] = [one, other].map((mapping) => mapping?.map(record, []));
      expect(after).toMatchObject({ verdict: before?.verdict });
      expect(after && "fields" in after && after.fields).toEqual(
        before && "fields" in before && before.fields,
      );
    }
  });

  test("leaves the fields of events where they are: in the events' own mapping", () => {
    const [row] = rowsOf(undefined).filter(({ target }) => target === "free" || target === "score");
    expect(writtenOut([{ ...row!, target: "size", event: "converted" }])).toEqual([]);
  });

  test("leaves every other field as it was, whichever are changed", () => {
    const before = rowsOf(undefined);
    const changeable = SOURCE.filter((name) => name !== "email");
    fc.assert(
      fc.property(fc.subarray(changeable), fc.nat({ max: CHANGES.length - 1 }), (changed, kind) => {
        const first = changed.slice(0, 1);
        const entries = changed.reduce<Entry[]>((all, field) => {
          const others = first.includes(field) ? (CHANGES[kind] as (typeof CHANGES)[number])(field) : [];
          return withEntries(all, field, others);
        }, DEFAULTS);
        const after = rowsOf(entries);
        for (const field of SOURCE.filter((name) => !changed.includes(name)))
          expect([field, told(after, field)]).toEqual([field, told(before, field)]);
      }),
    );
  });

  test("knows itself, in whatever order, so that the default is not saved as a mapping", () => {
    expect(isSame([...DEFAULTS].reverse(), DEFAULTS)).toBe(true);
    expect(isSame(withEntries(DEFAULTS, "score", []), DEFAULTS)).toBe(false);
    expect(
      isSame(
        withEntries(withEntries(DEFAULTS, "score", []), "score", entriesOf(DEFAULTS, "score")),
        DEFAULTS,
      ),
    ).toBe(true);
  });
});

describe("entries", () => {
  test("of a field come in its place, and what wrote to their target gives way", () => {
    const entries: Entry[] = [
      { source: "a", target: "x" },
      { source: "b", target: "y.z" },
      { source: "c", target: "w" },
    ];
    expect(withEntries(entries, "a", [{ source: "a", target: "y" }])).toEqual([
      { source: "a", target: "y" },
      { source: "c", target: "w" },
    ]);
    expect(takenBy(entries, "y")).toEqual([entries[1]]);
  });

  test("keep everything that somebody has written into them", () => {
    const saved: Entry[] = [
      { source: "birthday", target: "birthday", transform: ["date"], date_format: "D.M.YYYY" },
      { constant: "flowcode", target: "leadSource" },
    ];
    expect(withEntries(saved, "score", [{ source: "score", target: "free" }]).slice(0, 2)).toEqual(saved);
    expect(saved.map((entry) => `${originText(entry)} → ${targetText(entry)}`)).toEqual([
      "birthday → birthday (date; date_format D.M.YYYY)",
      'always "flowcode" → leadSource',
    ]);
  });
});

describe("what is suggested", () => {
  const fields = (...names: string[]) => names.map((name) => ({ name, type: "string" }));

  test.each<[string, string, readonly string[], Entry[], (string | undefined)[]]>([
    ["a name that differs in case and signs alone", "Shirt Size", ["shirtSize"], [], ["shirtSize"]],
    ["letters of every script count", "Größe", ["größe"], [], ["größe"]],
    ["of two that look alike none is chosen", "Shirt Size", ["shirtSize", "shirt_size"], [], []],
    [
      "what is taken is not suggested",
      "Shirt Size",
      ["shirtSize"],
      [{ source: "x", target: "shirtSize" }],
      [],
    ],
    ["what Iterable lacks is not sent", "comment", ["score"], [], []],
  ])("%s", (_what, source, targets, entries, suggested) => {
    expect(suggestionsFor(fields(source), entries, fields(...targets)).map(({ target }) => target)).toEqual(
      suggested,
    );
  });
});

test("fields of events are no entries of the mapping that is written out", () => {
  const row = {
    stream: "contacts",
    source_type: "string",
    target_type: "string",
    verdict: "fits",
    detail: "",
  };
  expect(
    writtenOut([
      { ...row, place: "default", source: "city", target: "city" },
      { ...row, place: "field_mapping[0]", event: "converted", source: "city", target: "town" },
    ]),
  ).toEqual([{ source: "city", target: "city" }]);
});
