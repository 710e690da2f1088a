import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "../../../sync/project/settings.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");
const validate = new Ajv({ strict: false, validateFormats: false }).compile(
  JSON.parse(read("schemas/flowcode-iterable.json")),
);
const problems = (settings: unknown) => (validate(settings) ? [] : validate.errors);

test("the examples' settings are valid by the schema that they name", () => {
  const example = JSON.parse(read("examples/flowcode-iterable.json"));
  expect(example.$schema).toBe("../schemas/flowcode-iterable.json");
  expect(problems(example)).toEqual([]);
  const { data } = parse(read("examples/kubernetes/settings.yaml"));
  expect(problems(JSON.parse(Object.values<string>(data)[0]!))).toEqual([]);
});

test.each([
  ["the least", { version: 1 }],
  ["a schedule by cron", { version: 1, schedule: { cron: "0 6 * * *", time_zone: "Europe/Berlin" } }],
  ["secrets in the environment", { version: 1, source: { credentials: { auth_type: "api_key" } } }],
  [
    "whom to tell",
    { version: 1, notify: { webhook: { url: "https://a.example/b", form: "slack", on: ["failed"] } } },
  ],
  ["a mapping", { version: 1, destination: { field_mapping: [{ source: "a", target: "b" }] } }],
])("%s is valid, for editors as for the program", (_what, settings) => {
  expect(problems(settings)).toEqual([]);
  expect(() => parseSettings(JSON.stringify(settings), "settings")).not.toThrow();
});

test.each([
  ["a name that is spelt wrongly", { version: 1, shedule: {} }],
  ["a mode that does not exist", { version: 1, destination: { overwrite_mode: "sometimes" } }],
  ["an outcome that does not exist", { version: 1, notify: { webhook: { on: ["bad"] } } }],
])("%s is marked by editors", (_what, settings) => {
  expect(problems(settings)).not.toEqual([]);
});
