import { afterEach, beforeEach, expect, test } from "vitest";
import { createCarried } from "../../../../destination-iterable/mapping/remarks/carried.js";
import { type IterableSimulator, startIterable } from "../../../../simulators/iterable.js";
import { write } from "../../sitting.js";

let iterable: IterableSimulator;
beforeEach(async () => {
  iterable = await startIterable({ limitsHeld: false, fields: { firstName: "string", city: "string" } });
});
afterEach(() => iterable.close());

const people = (fields: Record<string, unknown>) =>
  ["ann", "bob"].map((name) => ({ email: `${name}@example.com`, ...fields }));
const field_mapping = [
  { source: "Nick Name", target: "firstName" },
  { sources: ["town", "village"], target: "city", default: "nowhere" },
];
const unfilledIn = (told: readonly (readonly [string, unknown])[]) =>
  told.flatMap(([type, value]) =>
    type === "stream_outcome" ? [(value as { unfilled?: string[] }).unfilled] : [],
  );
const warningsIn = (logged: readonly string[]) => logged.filter((line) => line.includes("no record had"));

test("mapped fields that no record carried are named at the end, whatever their defaults, in one warning", async () => {
  const { logged, told, failure } = await write(iterable.url, people({ village: " " }), { field_mapping });
  expect(failure).toBeUndefined();
  expect(unfilledIn(told)).toEqual([["Nick Name", "town", "village"]]);
  expect(warningsIn(logged)).toEqual([
    'WARN stream "contacts": no record had a value for these fields that the configuration names: Nick Name, town, village; compare their names with the source\'s, unless nobody has filled them in',
  ]);
});

test("fields that a single record carried are not named, nor those that were never looked for", async () => {
  const records = [...people({ town: "Bern" }), { email: "cem@example.com", town: "Genf", nick_name: "C" }];
  const { logged, told } = await write(iterable.url, records, { field_mapping });
  expect(unfilledIn(told)).toEqual([undefined]);
  expect(warningsIn(logged)).toEqual([]);
});

test("a consent field that no record has is warned of where the catalog lists nothing", async () => {
  const consent = { field: "newsletter", agrees: ["yes"] };
  const { logged, told, summary } = await write(iterable.url, people({}), { consent });
  expect(summary).toContain("2 kept");
  expect(unfilledIn(told)).toEqual([["newsletter"]]);
  expect(warningsIn(logged)[0]).toContain('consent asks for "newsletter", so that nobody was written');
});

test("conditions and fields of events count as well", async () => {
  const events = [
    {
      name: "converted",
      when: { field: "flow", not_empty: true },
      field_mapping: [{ source: "sum", target: "sum" }],
    },
  ];
  const { told } = await write(iterable.url, people({}), { events });
  expect(unfilledIn(told)).toEqual([["flow"]]);
});

test("a stream that is declared anew goes on from what its records had", () => {
  const [earlier, later] = [createCarried(), createCarried()];
  const size = earlier.compile("size");
  const colour = earlier.compile("colour");
  later.compile("size");
  const again = later.compile("colour");
  size({ size: "M" });
  colour({});
  later.goOnFrom(earlier);
  again({ size: "M" });
  expect(later.missing()).toEqual(["colour"]);
});
