import { writeFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { contacts, say, status } from "../messages.js";
import { compiled, ended, type Printed, printed, runNode, startNode } from "../process.js";
import { CONTACTS, DIALECTS, type Settings, type Stage, setStage } from "../stage.js";

let stage: Stage;
afterEach(() => stage.close());

const FIELDS = { score: "long", birthday: "date", "Shirt Size": "string" } as const;
const ANN = {
  contact_key: "ann@example.com",
  email: " Ann@Example.com",
  name: "Ann Lee",
  score: "7",
  birthday: "someday",
  nickname: "Annie",
  lastConvertedAt: "2026-01-01T00:00:00Z",
};

/** Looks up what is on the input, and hands over what was found. */
async function lookUp(input: string, settings: Settings = {}, args: readonly string[] = ["--json"]) {
  const advanced = { base_url: stage.iterable.url };
  const program = compiled("destination-iterable/main.js");
  await writeFile(
    stage.path("config.json"),
    JSON.stringify({ api_key: SERVER_SIDE_KEY, advanced, ...settings }),
  );
  await writeFile(stage.path("catalog.json"), JSON.stringify({ streams: [CONTACTS] }));
  const files = ["--config", stage.path("config.json"), "--catalog", stage.path("catalog.json")];
  const ended = await runNode(program, ["look-up", ...files, ...args], { input });
  expect(stage.iterable.journal.entries.every(({ method }) => method === "GET")).toBe(true);
  return ended;
}
const stepAt = ({ steps }: Printed, target: string) =>
  steps[0].find((step: Printed) => step.target === target);

describe("a record", () => {
  test.each(DIALECTS)("of %s is mapped, and compared with the profile field by field", async (dialect) => {
    stage = await setStage([], { iterable: { fields: FIELDS } });
    stage.iterable.put({ email: "ann@example.com", dataFields: { firstName: "Ann", lastName: "Li" } });
    const { code, messages } = await lookUp(say.begin(dialect) + say.record(dialect, ANN) + say.end(dialect));
    expect(code).toBe(0);
    expect(messages).toMatchObject([
      {
        lines: [2],
        stream: "contacts",
        contact: expect.stringMatching(/^[0-9a-f]{12}$/),
        identifier: "ann@example.com",
        mode: "overwrite",
        verdict: "differs",
        reason: null,
        payload: {
          email: "ann@example.com",
          dataFields: { firstName: "Ann", lastName: "Lee", score: 7 },
        },
        fields: [
          { field: "firstName", sent: "Ann", held: "Ann", verdict: "same" },
          { field: "lastName", sent: "Lee", held: "Li", verdict: "differs" },
          { field: "score", sent: 7, held: null, verdict: "missing" },
        ],
        held: { firstName: "Ann", lastName: "Li" },
        updated_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+00:00$/),
      },
    ]);
    const [found] = messages as [Printed];
    expect(stepAt(found, "email")).toMatchObject({
      place: "identifier",
      verdict: "coerced",
      sent: "ann@example.com",
    });
    expect(stepAt(found, "score")).toMatchObject({
      source: "score",
      found: "7",
      sent: 7,
      verdict: "coerced",
    });
    expect(stepAt(found, "birthday")).toMatchObject({ verdict: "left_out", detail: "not_a_date" });
    expect(found.steps[0].find(({ source }: Printed) => source === "nickname")).toMatchObject({
      verdict: "not_sent",
      detail: expect.stringContaining("no field of this name"),
    });
  });

  test("has what is appended and what is first compared as they are written", async () => {
    stage = await setStage([], { iterable: { fields: { ...FIELDS, sizes: "string", firstSize: "string" } } });
    const field_mapping = [
      { source: "Shirt Size", target: "firstSize", merge: "first" },
      { source: "Shirt Size", target: "sizes", merge: "append" },
    ];
    const person = (name: string) => ({ email: `${name}@example.com`, "Shirt Size": "M" });
    const put = (name: string, dataFields: Printed) =>
      stage.iterable.put({ email: `${name}@example.com`, dataFields });
    put("all", { firstSize: "M", sizes: ["S", "M"] });
    put("older", { firstSize: "S", sizes: ["M"] });
    put("less", { firstSize: "M", sizes: ["S"] });
    const names = ["all", "older", "less", "absent"];
    const { messages } = await lookUp(say.records("airbyte", names.map(person)), { field_mapping });
    const verdicts = messages.map(({ verdict, fields }) => [
      verdict,
      ...fields.map((one: Printed) => one.verdict),
    ]);
    expect(verdicts).toEqual([
      ["agrees", "same", "same"],
      ["left_alone", "left_alone", "same"],
      ["differs", "same", "differs"],
      ["absent", "missing", "missing"],
    ]);
    // A list begins with the first value that is appended.
    expect(messages[0]?.payload.dataFields).toEqual({ firstSize: "M", sizes: ["M"] });
  });

  test("says which lists and events follow, and which do not and why", async () => {
    stage = await setStage([], { iterable: { fields: FIELDS } });
    const when = { field: "Shirt Size", in: ["L", "XL"] };
    const settings = {
      lists: [{ id: 7 }, { id: 8, when }],
      events: [
        { name: "converted", field_mapping: [{ source: "score", target: "points" }] },
        { name: "large", when },
        { name: "sized", field_mapping: [{ source: "colour", target: "colour", required: true }] },
      ],
    };
    const input = say.records("airbyte", [{ ...ANN, "Shirt Size": "M" }]);
    const [found] = (await lookUp(input, settings)).messages as [Printed];
    expect(found.lists).toEqual([7]);
    expect(found.events).toMatchObject([{ eventName: "converted", dataFields: { points: "7" } }]);
    expect(found.unsent).toEqual([
      { list: 8, event: null, field: "Shirt Size", found: "M", reason: "condition" },
      { list: null, event: "large", field: "Shirt Size", found: "M", reason: "condition" },
      { list: null, event: "sized", field: "sized.colour", found: null, reason: "missing_required" },
    ]);
    const { stdout } = await lookUp(input, settings, []);
    for (const line of [
      "  lists: 7",
      '  not on list 8: Shirt Size is "M"',
      '  event large not sent: Shirt Size is "M"',
      "  event sized not sent: sized.colour missing_required",
    ])
      expect(stdout).toContain(line);
  });

  test("is put on a list by one of its conversions that meets the condition", async () => {
    stage = await setStage([], { iterable: { fields: FIELDS } });
    const lists = [{ id: 8, when: { field: "Shirt Size", equals: "L" } }];
    const records = [
      { ...ANN, "Shirt Size": "M" },
      { ...ANN, "Shirt Size": "L", lastConvertedAt: "2025-01-01" },
    ];
    const [found] = (await lookUp(say.records("airbyte", records), { lists })).messages as [Printed];
    expect([found.lists, found.unsent]).toEqual([[8], []]);
  });

  test("that is followed by another of the same contact is taken together with it", async () => {
    stage = await setStage([], { iterable: { fields: FIELDS } });
    const older = {
      ...ANN,
      email: "ann@example.com",
      score: 1,
      "Shirt Size": "S",
      lastConvertedAt: "2025-01-01",
    };
    const { messages } = await lookUp(say.records("airbyte", [ANN, older]));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({
      lines: [1, 2],
      verdict: "absent",
      payload: { dataFields: { score: 7, "Shirt Size": "S" } },
      held: null,
    });
    expect(messages[0]?.steps).toHaveLength(2);
  });

  test("that replaces an object and writes into another is shown as it is sent: in two requests", async () => {
    stage = await setStage([], {
      iterable: { fields: { ...FIELDS, home: "object", "home.zip": "string", work: "object" } },
    });
    const field_mapping = [
      { source: "office", target: "work" },
      { source: "zip", target: "home.zip" },
      { source: "firstName", target: "firstName" },
    ];
    const record = { email: "ann@example.com", office: { city: "Bonn" }, zip: "1", firstName: "Ann" };
    const { messages } = await lookUp(say.records("airbyte", [record]), { field_mapping });
    expect(messages[0]).toMatchObject({
      payload: { email: "ann@example.com", dataFields: { work: { city: "Bonn" }, firstName: "Ann" } },
      second_payload: {
        email: "ann@example.com",
        dataFields: { home: { zip: "1" } },
        mergeNestedObjects: true,
      },
    });
    expect(messages[0]?.payload.mergeNestedObjects).toBeUndefined();
  });

  test("that the mapping rejects, or keeps, says why and is not looked up", async () => {
    stage = await setStage();
    const consent = { field: "newsletter", agrees: ["yes"] };
    const [bob] = contacts(1);
    const records = [
      { ...ANN, email: "none at all", newsletter: "yes" },
      { ...bob, newsletter: "no" },
    ];
    const { messages } = await lookUp(say.records("airbyte", records), { consent });
    expect(messages).toMatchObject([
      { verdict: "rejected", field: "email", reason: "invalid_email", identifier: null, held: null },
      { verdict: "kept", field: null, reason: "no_consent", identifier: null, held: null },
    ]);
    expect(stage.iterable.journal.entries.map(({ path }) => path)).toEqual(["/api/users/getFields"]);
  });

  test("out of a rejects file, of a stream that no catalog names, is looked up like any other", async () => {
    stage = await setStage();
    const line = say.record("airbyte", ANN, "people").replace(/}\n$/, ',"rejection":{"line":1}}\n');
    const { messages } = await lookUp(line);
    expect(messages).toMatchObject([{ stream: "people", verdict: "absent" }]);
  });
});

test("a line that is no message names somebody", async () => {
  stage = await setStage();
  stage.iterable.put({ email: "ann@example.com", dataFields: { firstName: "Ann" } });
  const odd = "bob@example.abcdefghijklmnopqrstuvwxyz";
  const { messages } = await lookUp(`Ann@example.com\nnobody@example.com\nnot one\n${odd}\n`);
  expect(messages.map(({ lines, verdict, reason }) => [lines[0], verdict, reason])).toEqual([
    [1, "held", null],
    [2, "absent", null],
    [3, "rejected", "invalid_email"],
    [4, "absent", null],
  ]);
});

test.each(["first", "alone"])(
  "a profile that Iterable cannot read is said to be so, %s, and the others are told of",
  async (where) => {
    stage = await setStage();
    for (const name of ["bad", "ann", "bob"])
      stage.iterable.put({ email: `${name}@example.com`, dataFields: {} });
    stage.iterable.switches.unreadable = ["bad@example.com"];
    const names = ["bad@example.com", ".", "..", "\ud83d@example.com", "ann@example.com", "bob@example.com"];
    const asked = where === "first" ? names : names.slice(0, 1);
    const advanced = { base_url: stage.iterable.url, max_attempts: 1 };
    const { code, messages } = await lookUp(`${asked.join("\n")}\n`, { advanced });
    expect(code).toBe(0);
    expect(messages.map(({ verdict, reason }) => [verdict, reason])).toEqual(
      [
        ["unreadable", "unreadable"],
        ...[0, 1, 2].map(() => ["rejected", "invalid_email"]),
        ["held", null],
        ["held", null],
      ].slice(0, asked.length),
    );
  },
);

test("user ids that vanish from a path are looked up like any other", async () => {
  stage = await setStage([], { iterable: { identifier: "user_id" } });
  const ids = [".", "..", "a/../b", "%2e", "?userId=x"];
  for (const userId of ids) stage.iterable.put({ userId, dataFields: {} });
  const { code, messages } = await lookUp(`${ids.join("\n")}\nnobody\n`, { identifier: "user_id" });
  expect(code).toBe(0);
  expect(messages.map(({ identifier, verdict }) => [identifier, verdict])).toEqual([
    ...ids.map((id) => [id, "held"]),
    ["nobody", "absent"],
  ]);
});

test("whoever names people one by one gets each answer before the next name", async () => {
  stage = await setStage();
  const advanced = { base_url: stage.iterable.url };
  await writeFile(stage.path("config.json"), JSON.stringify({ api_key: SERVER_SIDE_KEY, advanced }));
  const program = compiled("destination-iterable/main.js");
  const child = startNode(program, ["look-up", "--config", stage.path("config.json")]);
  const end = ended(child);
  for (const name of ["ann", "bob"]) {
    child.stdin.write(`${name}@example.com\n`);
    await printed(child, `${name}@example.com: Iterable has no profile`);
  }
  child.stdin.end();
  expect((await end).code).toBe(0);
});

test("hundreds are found in their order, with messages of other kinds between them", async () => {
  stage = await setStage();
  const all = contacts(300);
  for (const { email, name } of all) {
    const [firstName, lastName] = name.split(" ");
    stage.iterable.put({ email, dataFields: { firstName, lastName } });
  }
  const input =
    say.begin("airbyte") +
    say.records("airbyte", all) +
    say.state("airbyte", 1) +
    status("contacts", "COMPLETE");
  const { messages } = await lookUp(input, {
    advanced: { base_url: stage.iterable.url, lookup_requests_per_second: 500 },
  });
  expect(messages.map(({ identifier }) => identifier)).toEqual(all.map(({ email }) => email));
  expect(new Set(messages.map(({ verdict }) => verdict))).toEqual(new Set(["agrees"]));
});

test("people read it as text, and standard error says nothing of anybody", async () => {
  stage = await setStage([], { iterable: { fields: FIELDS } });
  const { stdout, stderr } = await lookUp(say.record("airbyte", ANN), {}, []);
  expect(stdout).toContain("contacts, line 1: ann@example.com: Iterable has no profile");
  expect(stdout).toContain('score "7" -> score 7: coerced');
  expect(stderr.toLowerCase()).not.toContain("ann");
});

test.each([
  ["a line that is broken", "{broken\n", {}, /line 1 is neither JSON nor an identifier/],
  ["a key that Iterable does not know", "ann@example.com\n", { api_key: "f".repeat(32) }, /Server-side/],
])("ends with 1 and an explanation for %s", async (_what, input, settings, words) => {
  stage = await setStage();
  const { code, stderr } = await lookUp(input, settings);
  expect([code, stderr]).toEqual([1, expect.stringMatching(words)]);
});

test("what follows once a contact is written is told: its lists, and its events as they are sent", async () => {
  stage = await setStage([], { iterable: { lists: [7, 8] } });
  const { code, messages } = await lookUp(say.begin("airbyte") + say.record("airbyte", ANN), {
    list_id: 7,
    lists: [{ id: 8, when: { field: "nickname", empty: true } }],
    events: [{ name: "converted", field_mapping: [{ source: "nickname", target: "nickname" }] }],
  });
  expect(code).toBe(0);
  expect(messages).toMatchObject([
    {
      lists: [7],
      events: [
        {
          eventName: "converted",
          email: "ann@example.com",
          id: expect.stringMatching(/^[0-9a-f]{64}$/),
          createdAt: 1_767_225_600,
          dataFields: { nickname: "Annie" },
          createNewFields: false,
        },
      ],
    },
  ]);
});
