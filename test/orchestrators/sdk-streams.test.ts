import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Ended } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { packageFolder } from "./environments.js";

const FOLDER = join(packageFolder("singer-sdk", "singer_sdk"), "testing", "target_test_streams");
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".singer"))
  .map((name) => name.slice(0, -".singer".length));

let stage: Stage;
afterEach(() => stage?.close());

const linesOf = (name: string) =>
  readFileSync(join(FOLDER, `${name}.singer`), "utf8")
    .trimEnd()
    .split("\n");

/** Where a file does not call its key `id`. */
const KEYS: Readonly<Record<string, string>> = {
  special_chars_in_attributes: "_id",
  schema_no_properties: "object_store.id",
};

/** Nobody in these files has an email: their keys are taken for user ids. */
async function load(name: string, lines = linesOf(name)): Promise<Ended> {
  stage = await setStage([], { iterable: { identifier: "user_id" } });
  return stage.destination("write", {
    dialect: "singer",
    settings: {
      identifier: "user_id",
      create_new_fields: true,
      field_mapping: [{ source: KEYS[name] ?? "id", type: "string", target: "userId" }],
      unmapped_fields: "same_name",
    },
    input: `${lines.join("\n")}\n`,
  });
}

/** What the SDK's own suite expects to fail. */
const FAILS: Readonly<Record<string, RegExp>> = {
  invalid_schema: /line 1 .*properties/,
  record_before_schema: /line 1: .*has not been declared/,
};
/** The SDK's target fails as a whole at the first; here one contact is rejected, and told, and the others go on. */
const REJECTS = ["record_missing_key_property", "record_missing_required_property"];

describe("a stream of the Meltano SDK's suite for targets", () => {
  test("is among those that are known, so that a new one is noticed", () => {
    expect(FILES.length).toBeGreaterThanOrEqual(20);
    expect(FILES).toEqual(expect.arrayContaining([...Object.keys(FAILS), ...REJECTS]));
  });

  test.each(FILES)("%s ends as the SDK expects, and every state is one that came, in order", async (name) => {
    const { code, stderr, lines } = await load(name);
    const explanation = FAILS[name];
    expect({ name, code, stderr }).toEqual({ name, code: explanation ? 1 : 0, stderr: expect.any(String) });
    if (explanation) expect(stderr).toMatch(explanation);
    expect(/^WARNING rejected: /m.test(stderr)).toBe(REJECTS.includes(name));

    const sent = linesOf(name)
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === "STATE")
      .map(({ value }) => JSON.stringify(value));
    const printed = lines.map((line) => JSON.stringify(JSON.parse(line)));
    let from = 0;
    for (const state of printed) {
      const at = sent.indexOf(state, from);
      expect(at).toBeGreaterThanOrEqual(from);
      from = at + 1;
    }
    const last = sent.findLast((state) => state !== "{}");
    if (!explanation) expect(printed.at(-1)).toBe(last);
  });

  test("duplicate_records leaves the last value of each", async () => {
    await load("duplicate_records");
    expect(stage.iterable.users.get("1")?.dataFields.metric).toBe(100);
    expect(stage.iterable.users.get("2")?.dataFields.metric).toBe(20);
  });

  test("encoded_string_data arrives as it was written, in every script", async () => {
    const name = "encoded_string_data";
    // The file's other streams hold objects in the same field, which one field of Iterable cannot.
    const texts = linesOf(name).filter((line) => JSON.parse(line).stream === "test_strings");
    await load(name, texts);
    const values = [...stage.iterable.users.values()].map(({ dataFields }) => dataFields.info);
    expect(values).toEqual(expect.arrayContaining(["απλή συμβολοσειρά", "简单的字串"]));
  });
});
