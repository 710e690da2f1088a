import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import { held, letPass, type Project, setProject } from "./project.js";

let project: Project;
afterEach(() => project.close());

/** Profiles of this test. More find nothing more: 5,000 have been run as well. */
const PEOPLE = 120;

const FIELDS = {
  city: "string",
  visits: "long",
  score: "double",
  isMember: "boolean",
  joinedAt: "date",
  tags: "string",
  address: "object",
  firstForm: "string",
  untouched: "string",
} as const;

/** What a profile may hold of each field before the sync; absent ones have never been set. */
const profile = fc.record(
  {
    city: fc.constantFrom("Zürich", "O’Fallon", "", "12"),
    visits: fc.integer({ min: -5, max: 5 }),
    score: fc.constantFrom(0, -1.5, 1e21, 0.1),
    isMember: fc.boolean(),
    joinedAt: fc.constantFrom("2020-02-29 23:59:59 +00:00", "1969-12-31 00:00:00 +00:00"),
    tags: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 3 }),
    address: fc.record(
      { town: fc.constantFrom("Bern", "Berne"), zip: fc.constantFrom("3000", "") },
      { requiredKeys: [] },
    ),
    firstForm: fc.constantFrom("spring", "autumn"),
    untouched: fc.constantFrom("stays"),
  },
  { requiredKeys: [] },
);
/** What a contact's form says, under names of its own. */
const answers = fc.record({
  name: fc.constantFrom("Ada", "Zürich"),
  visits: fc.integer({ min: -5, max: 5 }),
  score: fc.constantFrom(0, 2.5),
  member: fc.boolean(),
  joined: fc.constantFrom("2024-05-06T07:08:09Z"),
  tag: fc.constantFrom("b", "d"),
  town: fc.constantFrom("Bern", "Thun"),
  form: fc.constantFrom("summer"),
});
/** What a marketer changes by hand between the sync and the undo. */
const edit = fc.option(
  fc.record({ city: fc.constant("by hand"), visits: fc.constant(99) }, { requiredKeys: [] }),
  { freq: 5 },
);

type Person = {
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly form: Readonly<Record<string, unknown>>;
  readonly edited: Readonly<Record<string, unknown>> | null;
};
const people: readonly Person[] = fc.sample(
  fc.record({ before: fc.option(profile, { nil: undefined }), form: answers, edited: edit }),
  { numRuns: PEOPLE, seed: 19 },
);
const emailOf = (index: number) => `person${index}@example.com`;

/** Without what says nothing: a field that was put back to nothing is null in Iterable. */
const without = (fields: unknown): unknown =>
  typeof fields === "object" && fields !== null && !Array.isArray(fields)
    ? Object.fromEntries(
        Object.entries(fields)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [name, without(value)]),
      )
    : fields;

test("after an undo each field of each profile is as before the sync, but for what somebody has edited since", async () => {
  project = await setProject(
    people.map(({ form }, index) => ({
      user: { email: emailOf(index), ...form },
      firstConvertedAt: "2026-01-01T00:00:00Z",
      lastConvertedAt: "2026-01-01T00:00:00Z",
    })) as unknown as ContactRow[],
    {
      iterable: {
        fields: FIELDS,
        limits: { "/api/users/bulkUpdate": 1000, "/api/users/getByEmail": 1000 },
      },
    },
  );
  for (const [index, { before }] of people.entries())
    if (before) project.iterable.put({ email: emailOf(index), dataFields: structuredClone(before) });
  const beforehand = held(project);

  await project.settings({
    destination: {
      field_mapping: [
        { source: "name", target: "city" },
        { source: "visits", target: "visits", type: "long" },
        { source: "score", target: "score", type: "double" },
        { source: "member", target: "isMember" },
        { source: "joined", target: "joinedAt", type: "date" },
        { source: "tag", target: "tags", merge: "append" },
        { source: "town", target: "address.town" },
        { source: "form", target: "firstForm", merge: "first" },
      ],
      previous_values: { storage: "file" },
      advanced: { lookup_requests_per_second: 500, bulk_requests_per_second: 100, batch_size: 50 },
    },
  });
  const synced = await project.run("sync");
  expect(synced.code, synced.stderr).toBe(0);
  const wrong = held(project) as Record<string, Record<string, unknown>>;
  for (const [index, { edited }] of people.entries())
    if (edited)
      project.iterable.put({ email: emailOf(index), dataFields: { ...wrong[emailOf(index)], ...edited } });

  await letPass(project, 1);
  const rehearsed = await project.run("undo", "1", "--dry-run", "--json");
  expect(rehearsed.code, rehearsed.stderr).toBe(0);
  const undone = await project.run("undo", "1");
  expect(undone.code, undone.stderr).toBe(0);
  const after = held(project) as Record<string, unknown>;
  for (const [index, { before, edited }] of people.entries()) {
    const email = emailOf(index);
    const expected = before
      ? { ...(beforehand[email] as object), ...edited }
      : { ...wrong[email], ...edited };
    expect(without(after[email]), `${email}: ${JSON.stringify(people[index])}`).toEqual(without(expected));
  }

  await letPass(project, 2);
  const again = await project.run("undo", "2");
  expect(again.code, again.stderr).toBe(0);
  const redone = held(project) as Record<string, unknown>;
  for (const [index, { edited }] of people.entries()) {
    const email = emailOf(index);
    expect(without(redone[email]), email).toEqual(without({ ...wrong[email], ...edited }));
  }
}, 240_000);
