import { stat } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { CUSTOM_FIELDS } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { type Project, setProject } from "./project.js";

let project: Project;
afterEach(() => project.close());

test("report writes a run as a page that holds nobody's data, for its owner alone", async () => {
  const people = generatePeople(200, { seed: 5, endMs: Date.now() - 7_200_000 });
  project = await setProject(people, { iterable: { fields: CUSTOM_FIELDS } });
  await project.run("sync");
  const { code, stdout } = await project.run("report");
  const path = `${project.folder}/report-1.html`;
  expect([code, stdout.trim()]).toEqual([0, path]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const page = await project.text("report-1.html");
  expect(page).toMatch(
    /^<!doctype html>[\s\S]*<title>Sync run 1: succeeded, with losses<\/title>[\s\S]*<\/html>\n$/,
  );
  expect(page).toContain("The contact has no identifier");
  for (const word of ["@example", "person1", project.flowcode.account.clientSecret, project.folder])
    expect(page).not.toContain(word);
});

test("report writes where it is told to, and says so where it cannot", async () => {
  project = await setProject();
  await project.run("sync");
  const output = project.path("elsewhere.html");
  expect(await project.run("report", "1", "--output", output)).toMatchObject({
    code: 0,
    stdout: `${output}\n`,
  });
  const nowhere = await project.run("report", "--output", project.path("none/there.html"));
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/cannot be written .*--output/)]);
  expect(await project.run("report", "9")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no run 9"),
  });
});
