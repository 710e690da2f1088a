import { readFile, writeFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { generatePeople } from "../../../simulators/people.js";
import { type Project, setProject, until } from "../project.js";
import { type Client, openClient } from "./client.js";

let project: Project;
let client: Client;
afterEach(async () => {
  await client?.close();
  await project?.close();
});

test("settings that were changed elsewhere are not overwritten: the answer is the difference, without a secret", async () => {
  project = await setProject();
  client = await openClient(project);
  const { body } = await client.ask("GET", "project");
  const path = `${project.folder}/flowcode-iterable.json`;
  const saved = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...saved, schedule: { every: "1h" } }));
  const mine = {
    ...body.settings,
    schedule: { every: "30m" },
    destination: { ...body.settings.destination, api_key: "typed-but-not-saved", list_id: 7 },
  };
  const refused = await client.ask("PUT", "project", { settings: mine }, { "if-match": body.etag });
  expect(refused.status).toBe(412);
  expect(refused.body.error.code).toBe("changed_elsewhere");
  expect(refused.body.difference).toEqual([
    {
      at: "/destination/api_key/from",
      saved: "file",
      yours: "you",
    },
    { at: "/destination/list_id", yours: 7 },
    { at: "/schedule/every", saved: "1h", yours: "30m" },
  ]);
  expect(JSON.stringify(refused.body)).not.toContain("typed-but-not-saved");
  expect(JSON.parse(await readFile(path, "utf8")).schedule).toEqual({ every: "1h" });

  const again = { "if-match": refused.body.project.etag as string };
  expect((await client.ask("PUT", "project", { settings: mine }, again)).status).toBe(200);
  const invalid = { ...mine, schedule: { every: "often" } };
  const { body: now } = await client.ask("GET", "project");
  const wrong = await client.ask("PUT", "project", { settings: invalid }, { "if-match": now.etag });
  expect([wrong.status, wrong.body.error.at]).toEqual([422, "/schedule/every"]);
});

test("a second sync is refused with the run that is under way, and the process that does it", async () => {
  project = await setProject(generatePeople(50, { endMs: Date.now() - 60_000 }));
  project.iterable.faults.script({ path: "/api/users/bulkUpdate", action: { kind: "slow", ms: 5_000 } });
  client = await openClient(project);
  const child = project.start(["sync"]);
  const over = new Promise((resolve) => child.once("close", resolve));
  await until(async () => (await project.names("runs")).length > 0);
  const { status, body } = await client.ask("POST", "runs", { kind: "sync" });
  expect([status, body.run, body.holder.by]).toEqual([409, 1, "by hand"]);
  expect(body.holder.pid).toBe(child.pid);
  expect(body.error.todo[0]).toContain(`process ${child.pid}`);
  expect((await client.ask("POST", "runs/current/stop", {})).status).toBe(202);
  await over;
});
