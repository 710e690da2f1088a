import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IterableSimulator, SERVER_SIDE_KEY, startIterable } from "../../simulators/iterable.js";
import { compiled, folderOf, runNode } from "../process.js";

let iterable: IterableSimulator;
let files: Awaited<ReturnType<typeof folderOf>>;
beforeEach(async () => {
  iterable = await startIterable({ fields: { "Shirt Size": "string", score: "long" } });
  files = await folderOf({});
});
afterEach(async () => {
  await files.remove();
  await iterable.close();
});

async function run(verb: string, settings: object, args: readonly string[] = [], input = "") {
  const text = { type: "string" };
  const properties = { email: text, size: text, agreed: { type: "boolean" } };
  await files.write("c.txt", { api_key: SERVER_SIDE_KEY, advanced: { base_url: iterable.url }, ...settings });
  await files.write("k.txt", { streams: [{ stream: { name: "contacts", json_schema: { properties } } }] });
  const paths = [
    "--config",
    files.path("c.txt"),
    ...(verb === "plan" ? ["--catalog", files.path("k.txt")] : []),
  ];
  return runNode(compiled("destination-iterable/main.js"), [verb, ...paths, ...args], { input });
}

describe("destination-iterable plan", () => {
  test("prints a table and nothing else on standard output, and writes nothing to Iterable", async () => {
    const field_mapping = [{ source: "size", target: "Shirt Size" }];
    const { code, stdout, stderr } = await run("plan", { field_mapping, overwrite_mod: "x" });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^contacts: overwrite; .*\n {2}FROM +TYPE +ITERABLE FIELD +TYPE +VERDICT\n/);
    expect(stdout).toMatch(/size +string +Shirt Size +string +fits\n/);
    expect(stderr).toMatch(/^WARN overwrite_mod is not a setting/);
    expect(iterable.journal.entries.map(({ method, path }) => [method, path])).toEqual([
      ["GET", "/api/users/getFields"],
    ]);
  });

  test("prints the same rows as JSON", async () => {
    const { code, stdout } = await run("plan", {}, ["--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: [{ stream: "contacts", place: "identifier", target: "email", verdict: "fits" }, {}, {}],
      problems: [],
    });
  });

  test("tries the mapping on the records of a sample, from a file or from standard input", async () => {
    const field_mapping = [{ source: "size", target: "score" }];
    const records = ["7", "L"].map((size, index) => ({ email: `p${index}@example.com`, size }));
    const lines = records.map((data) =>
      JSON.stringify({ type: "RECORD", record: { stream: "contacts", data } }),
    );
    await files.write("sample.txt", `${lines.join("\n")}\n`);
    const values = {
      filled: 2,
      sent: 0,
      coerced: 1,
      left_out: 1,
      reasons: [{ reason: "not_an_integer", shape: "a" }],
    };
    const expected = { contacts: [{ stream: "contacts", read: 2, sent: 2, rejected: 0 }] };
    const fromFile = await run("plan", { field_mapping }, ["--json", "--sample", files.path("sample.txt")]);
    expect(JSON.parse(fromFile.stdout)).toMatchObject(expected);
    expect(JSON.parse(fromFile.stdout).rows[1]).toMatchObject({ source: "size", values });
    const piped = await run("plan", { field_mapping }, ["--json", "--sample", "-"], `${lines.join("\n")}\n`);
    expect(piped.stdout).toBe(fromFile.stdout);
  });

  test("ends with 1 where something cannot fit, with the reason, and still prints every row", async () => {
    const field_mapping = [{ source: "agreed", target: "score" }];
    const { code, stdout, stderr } = await run("plan", { field_mapping }, ["--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).rows).toHaveLength(3);
    expect(stderr).toContain("field_mapping[0] (agreed to score): boolean cannot become long");
  });

  test("explains a key that is refused, without showing it", async () => {
    const api_key = "f".repeat(32);
    const { code, stdout, stderr } = await run("plan", { api_key });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^destination-iterable: Iterable refused the API key/);
    expect(stderr).not.toContain(api_key);
  });
});

test("destination-iterable discover prints one DESTINATION_CATALOG with Iterable's fields of today", async () => {
  const { code, messages } = await run("discover", {});
  expect(code).toBe(0);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({
    type: "DESTINATION_CATALOG",
    destination_catalog: {
      operations: [
        {
          object_name: "user",
          sync_mode: "append_dedup",
          json_schema: {
            properties: { email: {}, "Shirt Size": { type: "string" }, score: { type: "integer" } },
          },
          matching_keys: [["email"]],
        },
        { object_name: "user", sync_mode: "update", matching_keys: [["email"]] },
      ],
    },
  });
});
