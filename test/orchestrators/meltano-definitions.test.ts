import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { ROOT } from "../architecture/files.js";
import { type Stage, setStage } from "../stage.js";
import { packageFolder } from "./environments.js";
import { type MeltanoProject, setMeltano } from "./project.js";

const EXAMPLE = join(ROOT, "examples", "meltano");
const PLUGINS = [
  ["extractors", "tap-flowcode"],
  ["loaders", "target-iterable"],
] as const;
/** What the Hub keeps beside a plugin's definition, and Meltano does not take over. */
const OF_THE_HUB = ["domain_url", "keywords", "maintenance_status", "prereq", "quality", "select"];
/** What the example's project sets beside a plugin's definition. */
const OF_THE_PROJECT = ["env", "select"];

type Entry = Readonly<Record<string, unknown>>;
const without = (entry: Entry, keys: readonly string[]) =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => !keys.includes(key)));
const fileOf = (type: string, name: string): Entry =>
  parse(readFileSync(join(EXAMPLE, "plugins", type, `${name}.yml`), "utf8"));

/** The commands of a section of the example's README, a text for each block. */
function commandsOf(section: string): string[] {
  const [, text = ""] = readFileSync(join(EXAMPLE, "README.md"), "utf8").split(`## ${section}\n`);
  const [own = ""] = text.split(/^## /m);
  return [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands);
}

let stage: Stage;
let meltano: MeltanoProject;
beforeEach(async () => {
  stage = await setStage(generatePeople(20, { seed: 8, endMs: Date.now() - 3_600_000 }));
  meltano = await setMeltano(stage, SERVER_SIDE_KEY);
});
afterEach(() => stage.close());

test("Meltano's own schema takes the example's project and both definitions", () => {
  const path = join(packageFolder("meltano", "meltano"), "schemas", "meltano.schema.json");
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(JSON.parse(readFileSync(path, "utf8")));
  const problems = (project: object) => (validate(project) ? [] : validate.errors);
  expect(problems(parse(readFileSync(join(EXAMPLE, "meltano.yml"), "utf8")))).toEqual([]);
  const plugins = PLUGINS.map(([type, name]) => [type, [without(fileOf(type, name), OF_THE_HUB)]]);
  expect(problems({ plugins: Object.fromEntries(plugins) })).toEqual([]);
});

test("the README's commands make a project out of nothing, with both plugins, and the next run brings only what is new", async () => {
  const [first = "", again = "", ...others] = commandsOf("Into a project of your own");
  expect(others).toEqual([]);
  const made = await meltano.type(first);
  expect({ code: made.code, said: made.stderr }).toEqual({ code: 0, said: expect.any(String) });
  const before = stage.iterable.users.size;
  expect(before).toBeGreaterThan(10);

  const project = parse(await meltano.read("../my-project/meltano.yml"));
  const example = parse(readFileSync(join(EXAMPLE, "meltano.yml"), "utf8"));
  for (const [type, name] of PLUGINS) {
    const definition = without(fileOf(type, name), OF_THE_HUB);
    const [added] = project.plugins[type];
    expect(without(added, ["config", "select"])).toEqual(definition);
    expect(without(example.plugins[type][0], OF_THE_PROJECT)).toEqual(definition);
  }
  expect(project.plugins.extractors[0]).toMatchObject({ select: ["contacts.*"] });

  const at = new Date().toISOString();
  stage.flowcode.add([
    { user: { email: "new@example.com", name: "New Person" }, firstConvertedAt: at, lastConvertedAt: at },
  ]);
  const next = await meltano.type(`cd ../my-project; ${again}`);
  expect({ code: next.code, said: next.stderr }).toEqual({
    code: 0,
    said: expect.stringContaining("1 read = 1 delivered"),
  });
  expect(stage.iterable.users.size).toBe(before + 1);
});
