import { stat } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import { ended, held, letPass, type Project, setProject, until } from "./project.js";

let project: Project;
afterEach(() => project.close());

const KEEPS = { storage: "file" };
const SPEED = { lookup_requests_per_second: 500, bulk_requests_per_second: 100, batch_size: 50 };

/** People, half of whom Iterable knows, and a sync whose mapping is wrong. */
async function wrongSync(count: number): Promise<void> {
  const people = Array.from({ length: count }, (_, index) => ({
    user: { email: `person${index}@example.com`, name: `First${index} Last${index}`, city: `City ${index}` },
    firstConvertedAt: "2026-01-01T00:00:00Z",
    lastConvertedAt: "2026-01-01T00:00:00Z",
  }));
  project = await setProject(people as unknown as ContactRow[], {
    iterable: {
      fields: { city: "string" },
      limits: { "/api/users/bulkUpdate": 1000, "/api/users/getByEmail": 1000 },
    },
  });
  for (let index = 0; index < count; index += 2) {
    const email = `person${index}@example.com`;
    project.iterable.put({
      email,
      dataFields: { firstName: `Before${index}`, ...(index % 4 === 0 && { city: "Here" }) },
    });
  }
  await project.settings({
    destination: {
      field_mapping: [
        { source: "city", target: "firstName" },
        { source: "name", target: "city" },
      ],
      previous_values: KEEPS,
      advanced: SPEED,
    },
  });
  expect(await project.run("sync")).toMatchObject({ code: 0 });
}
test("a sync with a wrong mapping is undone, and the undo too; what has been changed since stays", async () => {
  await wrongSync(60);
  await letPass(project, 1);
  const [name = ""] = await project.names("previous/1");
  expect((await stat(`${project.folder}/previous/1/${name}`)).mode & 0o777).toBe(0o600);
  project.iterable.put({ email: "person4@example.com", dataFields: { firstName: "Changed since" } });
  const wrong = held(project);

  const rehearsed = await project.run("undo", "1", "--dry-run", "--json");
  expect(JSON.parse(rehearsed.stdout)).toMatchObject({
    run: 1,
    would_restore: 30,
    created: 30,
    unchanged: 0,
  });
  expect(held(project)).toEqual(wrong);
  const created = await project.run("undo", "1", "--list-created", "--json");
  expect(created.stdout.trim().split("\n")).toHaveLength(30);

  const undone = await project.run("undo", "1");
  expect(undone.code, undone.stderr).toBe(0);
  const profiles = held(project);
  for (let index = 0; index < 60; index += 1) {
    const email = `person${index}@example.com`;
    const before = {
      firstName: index === 4 ? "Changed since" : `Before${index}`,
      ...(index % 4 === 0 && { city: "Here" }),
    };
    expect(profiles[email], email).toEqual(index % 2 === 0 ? before : wrong[email]);
  }
  expect((await project.run("logs")).stdout).toContain("undoing run 1");
  const text = (await project.run("logs", "2")).stdout;
  for (const reason of ["firstName", "changed"]) expect(text).toContain(reason);
  const log = await project.log(2);
  expect(log[0]).toMatchObject({ event: "started", trigger: "undo", undo_of: 1 });

  await letPass(project, 2);
  expect(await project.run("undo", "2")).toMatchObject({ code: 0 });
  expect(held(project)).toEqual(wrong);
  expect((await project.run("verify", "2")).code).toBe(2);
}, 120_000);

test("an undo that is killed goes on where it was", async () => {
  await wrongSync(1_000);
  await letPass(project, 1);
  const slow = { ...SPEED, lookup_requests_per_second: 100 };
  await project.settings({ destination: { advanced: slow } });
  const child = project.start(["undo", "1"]);
  const end = ended(child);
  await until(
    async () =>
      (await project.names("runs")).includes("2.jsonl") &&
      (await project.text("runs/2.jsonl")).includes('"undone"'),
  );
  child.kill("SIGTERM");
  await end;
  const { contacts } = (await project.log(2)).findLast(({ event }) => event === "undone") as {
    contacts: number;
  };
  expect(contacts).toBeGreaterThan(0);
  expect(await project.run("undo", "1")).toMatchObject({ code: 0 });
  const last = (await project.log(3)).at(-1) as { read: number };
  expect(last.read).toBe(1_000 - contacts);
  const profiles = held(project) as Record<string, { firstName: string }>;
  for (let index = 0; index < 1_000; index += 2)
    expect(profiles[`person${index}@example.com`]?.firstName).toBe(`Before${index}`);
}, 120_000);

test("a run that has kept nothing cannot be undone, which is said with the setting to make", async () => {
  project = await setProject([]);
  await project.run("sync");
  const { code, stderr } = await project.run("undo", "1");
  expect(code).toBe(2);
  expect(stderr).toContain("previous_values");
});
