import { expect, test } from "vitest";
import type { Contact, Joins } from "../../../destination-iterable/delivery/contact.js";
import { createHeldValues } from "../../../destination-iterable/delivery/held-values.js";

const JOINS: Joins = new Map([
  ["first", "first"],
  ["all", "append"],
]);
const contactOf = (key: string) => ({ key }) as Contact<unknown>;

/** What is held of contacts, and how they were asked for. */
function heldBy(profiles: Record<string, Record<string, unknown>>) {
  const asked: string[] = [];
  const read = (how: string) => async (contact: Contact<unknown>) => {
    asked.push(`${how} ${contact.key}`);
    return profiles[contact.key] as never;
  };
  const values = createHeldValues({
    async before({ key }) {
      asked.push(`before ${key}`);
      return { exists: key in profiles, fields: new Set(Object.keys(profiles[key] ?? {})) };
    },
    held: read("held"),
    readHeld: read("readHeld"),
    hash: (key) => ({ high: Number(key.slice(1)), low: 7 }),
  });
  return { values, asked };
}

test("values are read of those alone to whose list is appended", async () => {
  const { values, asked } = heldBy({ p1: { first: "a" }, p2: { all: ["a"] }, p3: { other: 1 } });
  const found = await Promise.all(["p1", "p2", "p3", "p4"].map((key) => values.of(contactOf(key), JOINS)));
  expect(found.map((one) => [...one.keys()])).toEqual([["first"], ["all"], [], []]);
  expect(found[1]?.get("all")?.value).toEqual(["a"]);
  expect(asked).toEqual(["before p1", "before p2", "before p3", "before p4", "held p2"]);
});

test("whom the run has written is remembered, and read there and then once that is forgotten", async () => {
  const { values, asked } = heldBy({ p0: { all: ["a", "b"] } });
  const ours = new Map([["all", { value: ["a"], ours: true, cursor: undefined }]]);
  values.wrote(contactOf("p0"), ours);
  expect(await values.of(contactOf("p0"), JOINS)).toBe(ours);
  expect(asked).toEqual([]);
  for (let number = 1; number <= 100_000; number += 1) values.wrote(contactOf(`p${number}`), ours);
  // An export, or what was found before, would say that it does not exist.
  expect((await values.of(contactOf("p0"), JOINS)).get("all")?.value).toEqual(["a", "b"]);
  expect(asked).toEqual(["readHeld p0"]);
});
