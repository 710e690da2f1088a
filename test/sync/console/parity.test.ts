import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generatePeople } from "../../../simulators/people.js";
import type { Printed } from "../../process.js";
import { type Project, setProject } from "../project.js";
import { type Client, openClient } from "./client.js";

/** What the browser gets is what the commands print: both ask the same functions. */
let project: Project;
let client: Client;
beforeAll(async () => {
  project = await setProject(generatePeople(60, { seed: 4, endMs: Date.now() - 3_600_000 }), {
    iterable: { fields: { birthday: "date" }, lists: [11, 12], limits: { "/api/users/getByEmail": 1000 } },
  });
  project.iterable.put({ email: "person7@example.com", dataFields: { firstName: "Before" } });
  await project.settings({
    destination: {
      rejected_records: { storage: "file", path: "rejects" },
      previous_values: { storage: "file" },
      lists: [{ id: 11 }, { id: 12, when: { field: "comment", equals: "never said" } }],
      events: [{ name: "converted", field_mapping: [{ source: "name", target: "who" }] }],
      advanced: { lookup_requests_per_second: 500 },
    },
  });
  expect(await project.run("sync")).toMatchObject({ code: 0 });
  client = await openClient(project);
});
afterAll(async () => {
  await client?.close();
  await project?.close();
});

const printed = async (...args: string[]): Promise<Printed[]> => (await project.run(...args)).messages;
const settings = async (): Promise<Printed> => (await client.ask("GET", "project")).body.settings;

test("status", async () => {
  const [said] = await printed("status", "--json");
  expect((await client.ask("GET", "status")).body).toEqual(said);
});

test("logs, as a list and one run in full", async () => {
  const [list] = (await printed("logs", "--json")) as unknown as [Printed[]];
  const { body } = await client.ask("GET", "runs");
  expect(body.runs.map(({ run }: Printed) => run)).toEqual(list.map(({ number }) => number));
  const [run] = await printed("logs", "1", "--json");
  const counts = Object.values(run?.ended.streams as Printed)[0];
  const { body: detail } = await client.ask("GET", "runs/1");
  expect(detail).toMatchObject({
    started: run?.started.at,
    ended: run?.ended.at,
    by: run?.started.trigger,
    read: run?.ended.read,
    delivered: counts.delivered,
    kept: counts.kept,
    rejected: counts.rejected,
    losses: run?.ended.losses,
    lists: counts.lists,
    events: counts.events,
  });
  expect(detail.events).toEqual([{ name: "converted", sent: counts.delivered, rejected: 0 }]);
});

test("logs --failed, page by page", async () => {
  const all = await printed("logs", "1", "--failed", "--json");
  const { body } = await client.ask("GET", "runs/1/rejects");
  expect(body.rejects.length).toBeGreaterThan(0);
  expect(body.rejects.map(({ stream, line, reason }: Printed) => ({ stream, line, reason }))).toEqual(
    all.map(({ stream, line, reason }) => ({ stream, line, reason })),
  );
});

describe.each(["source", "destination"] as const)("check of the %s", (side) => {
  test("with settings that work, and with ones that do not", async () => {
    const [said] = await printed("check", "--json");
    const given = await settings();
    const { body } = await client.ask("POST", `check/${side}`, { settings: given });
    expect(body).toMatchObject(said?.[side]);
    const wrong =
      side === "source"
        ? { ...given, source: { ...given.source, workspace_id: "workspace-9" } }
        : { ...given, destination: { ...given.destination, list_id: 404 } };
    const refused = await client.ask("POST", `check/${side}`, { settings: wrong });
    expect(refused.body).toMatchObject({ works: false, facts: [] });
  });
});

test("fields, with samples masked and as they are", async () => {
  for (const show of [false, true]) {
    const [said] = await printed("fields", "--json", ...(show ? ["--show-data"] : []));
    const { body } = await client.ask("POST", "sample", { settings: await settings(), show });
    expect(body).toMatchObject({ contacts: said?.contacts, fields: said?.flowcode });
    expect((await client.ask("GET", "fields/iterable")).body.fields).toEqual(said?.iterable);
  }
});

test("the plan, as a dry run has it", async () => {
  const [said] = await printed("sync", "--dry-run", "--full", "--json");
  const { body } = await client.ask("POST", "plan", { settings: await settings() });
  const shown = ({ source, target, verdict, detail }: Printed) => [
    source ?? "",
    target ?? "",
    verdict,
    detail,
  ];
  expect(body.rows.map(shown)).toEqual(said?.fields.map(shown));
  expect(body.problems).toEqual(said?.problems);
  const [contacts] = (said?.contacts ?? []) as Printed[];
  expect([body.lists, body.events]).toEqual([contacts?.lists, contacts?.events]);
  expect(body.rows.find(({ event }: Printed) => event === "converted")).toMatchObject({ target: "who" });
});

test("explain, for somebody who is known and for somebody who is not", async () => {
  for (const who of ["person7@example.com", "nobody@example.com"]) {
    const [said] = await printed("explain", who, "--json");
    expect((await client.ask("POST", "explain", { who, show: true })).body.trace).toEqual(said);
    const { body } = await client.ask("POST", "explain", { who });
    expect(JSON.stringify({ ...body, trace: { ...body.trace, email: "" } })).not.toContain("Before");
  }
});

test("explain says which lists and events follow, whose values are masked", async () => {
  const [who = ""] = [...project.iterable.events.values()].map(({ key }) => key);
  const { body } = await client.ask("POST", "explain", { who });
  const [{ events, unsent }] = body.trace.mapped;
  expect(events).toMatchObject([{ eventName: "converted", email: expect.not.stringContaining(who) }]);
  expect(unsent).toMatchObject([{ list: 12, event: null, field: "comment" }]);
});

test("verify", async () => {
  const [said] = await printed("verify", "1", "--json", "--sample", "20");
  const { body } = await client.ask("POST", "runs/1/verify", {});
  const comparable = ({ run, outcome, agrees, window, again }: Printed) => ({
    run,
    outcome,
    agrees,
    window,
    again,
  });
  expect(comparable(body.data)).toEqual(comparable(said as Printed));
});

test("undo, what it would do", async () => {
  const [said] = await printed("undo", "1", "--dry-run", "--json");
  expect((await client.ask("POST", "runs/1/undo", {})).body).toEqual(said);
  const { body } = await client.ask("POST", "runs/1/changes", {});
  expect(body.changes.length).toBeLessThanOrEqual(
    said?.would_restore + said?.unchanged + said?.changed_since + said?.absent,
  );
  const created = await printed("undo", "1", "--list-created", "--json");
  const listed = await client.ask("POST", "runs/1/changes", { created: true, show: true });
  expect(listed.body.changes.map(({ who }: Printed) => who)).toEqual(
    created.slice(0, 50).map(({ identifier }) => identifier),
  );
  expect(JSON.stringify(body)).not.toContain("Before");
});
