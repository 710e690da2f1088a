import { afterEach, describe, expect, test } from "vitest";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import type { IterableOptions } from "../../simulators/iterable.js";
import { type Project, setProject } from "./project.js";

let project: Project;
afterEach(() => project.close());

const AT = "2026-01-01T00:00:00Z";
const rowOf = (name: string, answers: Record<string, unknown>) => ({
  user: { email: `${name}@example.com`, name: `${name} Lee`, ...answers },
  firstConvertedAt: AT,
  lastConvertedAt: AT,
});
/** Six people, of whom three agreed and two are large; one of them Iterable cannot send events of. */
const PEOPLE = [
  rowOf("ann", { size: "M", newsletter: "yes" }),
  rowOf("bob", { size: "L", newsletter: "no" }),
  rowOf("cem", { size: "L", newsletter: "yes" }),
  rowOf("dan", { size: "S" }),
  rowOf("eve", { size: "S", newsletter: "yes" }),
  rowOf("odd", { size: "S" }),
];
const LARGE = { field: "size", in: ["L", "XL"] };
const AGREED = { field: "newsletter", equals: "yes" };
const DESTINATION = {
  create_new_fields: true,
  field_mapping: [
    { source: "size", target: "firstSize", merge: "first" },
    { source: "size", target: "sizes", merge: "append" },
    { source: "name", target: "fullName" },
  ],
  lists: [{ id: 11, when: AGREED }, { id: 12 }],
  events: [
    { name: "converted", field_mapping: [{ source: "size", target: "size" }] },
    { name: "large", when: LARGE },
  ],
  previous_values: { storage: "file" },
  advanced: { max_attempts: 2, batch_size: 3, lookup_requests_per_second: 500, bulk_requests_per_second: 50 },
};

/** A project with two lists and two events, whose first sync has been. */
async function synced(iterable: IterableOptions = {}, destination: Record<string, unknown> = {}) {
  project = await setProject(PEOPLE as unknown as ContactRow[], {
    iterable: {
      fields: { firstSize: "string", sizes: "string", fullName: "string" },
      lists: [11, 12],
      limits: { "/api/users/bulkUpdate": 1000, "/api/users/getByEmail": 1000 },
      poisonedEvents: ["odd@example.com"],
      ...iterable,
    },
  });
  project.iterable.put({
    email: "cem@example.com",
    dataFields: { firstSize: "S", sizes: ["S"], fullName: "Cem" },
  });
  await project.settings({ destination: { ...DESTINATION, ...destination } });
  return project.run("sync");
}
const jsonOf = async (...args: readonly string[]) => JSON.parse((await project.run(...args)).stdout);

test("a sync says what Iterable has taken of its lists and events, and so do logs, status, report and metrics", async () => {
  const line =
    "Lists and events: put on list 11: 3; put on list 12: 6; event converted: 5, and 1 not taken; event large: 2";
  const { stdout } = await synced();
  expect(stdout).toContain("6 read = 5 delivered + 0 kept + 1 rejected");
  expect(stdout).toContain(line);
  expect((await project.run("logs", "1")).stdout).toContain(line);
  expect((await project.run("status")).stdout).toContain(line);
  const { ended } = await jsonOf("logs", "1", "--json");
  expect(ended.streams.contacts).toMatchObject({
    lists: [
      { id: 11, sent: 3, rejected: 0 },
      { id: 12, sent: 6, rejected: 0 },
    ],
    events: [
      { name: "converted", sent: 5, rejected: 1 },
      { name: "large", sent: 2, rejected: 0 },
    ],
  });
  expect((await project.run("logs", "1", "--failed")).stdout).toContain(
    "(server_error, event; its profile is written)",
  );
  expect((await project.run("metrics")).stdout).toMatch(
    /last_run_follow_ups\{.*kind="event",name="converted",result="rejected"\} 1/,
  );
  await project.run("report", "1");
  const text = (await project.text("report-1.html")).replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  expect(text).toContain("List 11 3 0 List 12 6 0 Event converted 5 1 Event large 2 0");
});

test("a dry run says who would be put on which list and send which event, and what is for events alone", async () => {
  await synced();
  const { code, stdout } = await project.run("sync", "--dry-run", "--full");
  expect(code).toBe(0);
  for (const words of [
    "Lists and events of those sent: put on list 11: 3; put on list 12: 6; event converted: 6; event large: 2",
    "event converted: size",
    "sent as it is, created where the event does not have it",
    "sent as it is, only where the profile has no value",
    "added to the profile's list",
    "not to the profile; decides on list 11",
  ])
    expect(stdout.replace(/\s+/g, " ")).toContain(words);
  const { fields, contacts } = await jsonOf("sync", "--dry-run", "--full", "--json");
  expect(contacts[0].lists).toContainEqual({ id: 11, sent: 3, rejected: 0 });
  expect(fields.find(({ event }: { event?: string }) => event === "converted")).toMatchObject({
    target: "size",
    values: { filled: 6, sent: 6 },
  });
});

test("a rejected event is sent again alone, without its profile", async () => {
  await synced();
  project.iterable.switches.poisonedEvents = [];
  const before = project.iterable.journal.count("/api/users/bulkUpdate");
  const { code, stdout } = await project.run("retry-rejected", "1");
  expect([code, stdout]).toEqual([0, expect.stringContaining("1 read = 1 delivered")]);
  expect(stdout).toContain("event converted: 1");
  expect(project.iterable.journal.count("/api/users/bulkUpdate")).toBe(before);
  const sent = [...project.iterable.events.values()].filter(({ eventName }) => eventName === "converted");
  expect(sent.map(({ key }) => key).sort()).toEqual(PEOPLE.map(({ user }) => user.email).sort());
});

describe("once a sync has been", () => {
  test("verify compares what is appended and what is first, and who is on which list", async () => {
    await synced();
    const { code, stdout } = await project.run("verify", "--all");
    expect([code, stdout]).toEqual([0, expect.stringContaining("Everything agrees")]);
    expect(stdout).toMatch(/List 11: 3 of 3 compared contacts on it/);
    expect(stdout).toContain(
      "Event converted: 5 taken by Iterable in this run, 1 not; events are not read back",
    );
    // Somebody takes one of them off, which is no fault of the run's.
    (project.iterable.lists.get(11) as Set<string>).delete("ann@example.com");
    const again = await project.run("verify", "--all");
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("List 11: 2 of 3")]);
    expect(again.stdout).toContain("Note: 1 of 3 compared contacts are not on list 11");
  });

  test("explain says which lists and events follow, and which do not and why", async () => {
    await synced();
    const { stdout } = await project.run("explain", "dan@example.com");
    for (const words of [
      "Put on: list 12",
      '"eventName": "converted"',
      "Not put on list 11: its condition is not met, newsletter is empty",
      'The event "large" is not sent: its condition is not met, size is "S"',
    ])
      expect(stdout).toContain(words);
  });

  test("undo says which lists and events it leaves, before and after, and in its log", async () => {
    await synced();
    const stays =
      'Lists and events of run 1 are not undone: list 11 (3), list 12 (6), event "converted" (5) and event "large" (2).';
    const rehearsed = await project.run("undo", "1", "--dry-run");
    expect(rehearsed.stdout).toContain(stays);
    expect((await jsonOf("undo", "1", "--dry-run", "--json")).stays).toContainEqual({
      kind: "event",
      name: "converted",
      sent: 5,
    });
    const [lists, events] = [
      [...project.iterable.lists].map(([id, on]) => [id, on.size]),
      project.iterable.events.size,
    ];
    expect((await project.run("undo", "1")).stdout).toContain(stays);
    expect((await project.run("logs", "2")).stdout).toContain(stays);
    await project.run("report", "2");
    expect(await project.text("report-2.html")).toContain("are not undone");
    expect([...project.iterable.lists].map(([id, on]) => [id, on.size])).toEqual(lists);
    expect(project.iterable.events.size).toBe(events);
  });

  test("one contact that is sent alone is told its lists and events", async () => {
    await synced();
    const { stdout } = await project.run("sync", "--contact", "cem@example.com");
    for (const words of [
      "Put on list 11.",
      "Put on list 12.",
      'Sent the event "converted".',
      'Sent the event "large".',
    ])
      expect(stdout).toContain(words);
    // It is the same conversion.
    expect([...project.iterable.events.values()].filter(({ key }) => key === "cem@example.com")).toHaveLength(
      2,
    );
  });
});
