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

/** Nobody in these files has an email: their keys are taken for user ids. */
async function load(name: string, lines = linesOf(name)): Promise<Ended> {
  stage = await setStage([], { iterable: { identifier: "user_id" } });
  return stage.destination("write", {
    dialect: "singer",
    settings: {
      identifier: "user_id",
      create_new_fields: true,
      field_mapping: [{ source: "id", type: "string", target: "userId" }],
      unmapped_fields: "same_name",
    },
    input: `${lines.join("\n")}\n`,
  });
}

/** The SDK's suite for targets loads the others, and sdk-suites.test.ts runs it. It has no test of these. */
const WITHOUT_TEST = ["no_primary_keys_append", "user_location_data", "user_location_upsert_data"];
/** The SDK's target fails as a whole at the first; here one contact is rejected, and told, and the others go on. */
const REJECTS = ["record_missing_key_property", "record_missing_required_property"];
/** The SDK's own test of it cannot pass. */
const STATES = "multiple_state_messages";

describe("a stream of the Meltano SDK's suite for targets", () => {
  test("is among those that are known, so that a new one is noticed", () => {
    expect(FILES).toHaveLength(20);
    expect(FILES).toEqual(expect.arrayContaining([...WITHOUT_TEST, ...REJECTS, STATES]));
  });

  test.each([...WITHOUT_TEST, ...REJECTS, STATES])(
    "%s ends well, and every state is one that came, in order",
    async (name) => {
      const { code, stderr, lines } = await load(name);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
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
      expect(printed.at(-1)).toBe(sent.findLast((state) => state !== "{}"));
    },
  );

  test("record_missing_key_property costs its own contact alone", async () => {
    const lines = linesOf("record_missing_key_property");
    const whole = JSON.parse(String(lines[1]));
    const others = [1, 2].map((id) => JSON.stringify({ ...whole, record: { ...whole.record, id } }));
    const { code } = await load("record_missing_key_property", [...lines, ...others]);
    expect({ code, arrived: [...stage.iterable.users.keys()] }).toEqual({ code: 0, arrived: ["1", "2"] });
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
