import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { CUSTOM_FIELDS } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { compiled, runNode } from "../process.js";
import { type Project, setProject } from "./project.js";

let project: Project;
afterEach(() => project.close());

/** Stands in for a connector: runs it, and makes another sentence of whatever it logs. */
const garbling = (program: string) => `
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
const child = spawn(process.execPath, [${JSON.stringify(program)}, ...process.argv.slice(2)], { stdio: ["pipe", "pipe", "inherit"] });
process.stdin.pipe(child.stdin);
child.stdin.on("error", () => undefined);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => child.kill(signal));
createInterface({ input: child.stdout }).on("line", (line) => {
  if (!line.startsWith('{"type":"LOG"')) return process.stdout.write(line + "\\n");
  const message = JSON.parse(line);
  message.log.message = "contacts: 9 read = 9 delivered + 0 kept + 0 rejected + 0 unsettled; requests: GET /none 99";
  process.stdout.write(JSON.stringify(message) + "\\n");
});
child.on("close", (code) => (process.exitCode = code ?? 1));
`;

/** The runner with both connectors behind stand-ins that garble their logs. */
async function garbled(folder: string): Promise<string> {
  await cp(compiled("sync/main.js").replace(/main\.js$/, ""), `${folder}/sync`, { recursive: true });
  await writeFile(`${folder}/package.json`, '{"type": "module"}');
  for (const name of ["source-flowcode", "destination-iterable"]) {
    await mkdir(`${folder}/${name}`);
    await writeFile(`${folder}/${name}/main.js`, garbling(compiled(`${name}/main.js`)));
  }
  return `${folder}/sync/main.js`;
}

/** What a run came to, without its times and what was said in its log. */
async function endOf(run: number): Promise<object> {
  const { at: _, ...end } = (await project.log(run)).at(-1) as { at: string };
  return end;
}

test("a run whose connectors log other sentences, even summaries of another run, comes to the same", async () => {
  const people = generatePeople(200, { seed: 5, endMs: Date.now() - 7_200_000 });
  // A form's field may be worded like a summary too.
  people[0]!.user["contacts: 7 read = 7 delivered + 0 kept + 0 rejected + 0 unsettled"] = "x";
  project = await setProject(people, { flowcode: { pageSize: 100 }, iterable: { fields: CUSTOM_FIELDS } });
  expect((await project.run("sync", "--full")).code).toBe(0);
  const folder = project.path("garbled");
  await mkdir(folder);
  try {
    const program = await garbled(folder);
    const { code } = await runNode(program, ["sync", "--full", "--project", project.folder]);
    expect(code).toBe(0);
    const said = (await project.log(2)).filter(({ event }) => event === "said");
    expect(said.length).toBeGreaterThan(0);
    expect(new Set(said.map(({ message }) => message)).size).toBe(1);
    expect(await endOf(2)).toEqual(await endOf(1));
    expect(await endOf(2)).toMatchObject({ streams: { contacts: { delivered: expect.any(Number) } } });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("fields that contacts have had in a run are kept in the project from then on", async () => {
  const people = generatePeople(20, { seed: 5, endMs: Date.now() - 7_200_000 });
  people[3]!.user["Favourite colour"] = "green";
  project = await setProject(people, {});
  expect((await project.run("sync")).code).toBe(0);
  const { streams } = JSON.parse(await project.text("fields.json"));
  expect(streams.contacts).toContainEqual(
    expect.objectContaining({ name: "Favourite colour", types: ["string"], filled: 1 }),
  );
  expect(await project.text("fields.json")).not.toContain("green");
  // The contact is gone, or beyond the sample that discover looks at: the field is offered all the same.
  await writeFile(
    `${project.folder}/fields.json`,
    (await project.text("fields.json")).replace("Favourite colour", "Favourite animal"),
  );
  expect((await project.run("fields")).stdout).toMatch(/^Favourite animal +string/m);
});
