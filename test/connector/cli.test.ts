import { describe, expect, test } from "vitest";
import { parseArguments } from "../../connector/cli.js";

const SOURCE = { name: "source-tiny", kind: "source", version: "1.2.3" } as const;
const DESTINATION = { name: "destination-tiny", kind: "destination", version: "1.2.3" } as const;

const INSPECTION = { verb: "plan", describe: "Look at it", takesCatalog: true } as const;

const AIRBYTE = {
  dialect: "airbyte",
  config: [],
  catalog: undefined,
  state: undefined,
  replay: "fill_missing",
  rehearses: false,
};
const SINGER = {
  ...AIRBYTE,
  dialect: "singer",
  rehearses: undefined,
  test: undefined,
  input: undefined,
  format: "text",
};

describe("the command line of a source", () => {
  test.each<[string, object]>([
    ["spec", { ...AIRBYTE, verb: "spec" }],
    ["check --config c.json", { ...AIRBYTE, verb: "check", config: ["c.json"] }],
    ["check", { ...AIRBYTE, verb: "check" }],
    ["discover --config=c.txt", { ...AIRBYTE, verb: "discover", config: ["c.txt"] }],
    [
      "read --config c --catalog k.txt --state s.txt",
      { ...AIRBYTE, verb: "read", config: ["c"], catalog: "k.txt", state: "s.txt" },
    ],
    ["read --catalog k --config c", { ...AIRBYTE, verb: "read", config: ["c"], catalog: "k" }],
    ["read --catalog 007 --config 1e3", { ...AIRBYTE, verb: "read", config: ["1e3"], catalog: "007" }],
    ["--config c --discover", { ...SINGER, verb: "discover", config: ["c"] }],
    [
      "--config c --catalog k --state s",
      { ...SINGER, verb: "sync", config: ["c"], catalog: "k", state: "s" },
    ],
    ["--config c", { ...SINGER, verb: "sync", config: ["c"] }],
    ["-c c -d", { ...SINGER, verb: "discover", config: ["c"] }],
    ["-c c -p k -s s", { ...SINGER, verb: "sync", config: ["c"], catalog: "k", state: "s" }],
    ["--config c --properties k", { ...SINGER, verb: "sync", config: ["c"], catalog: "k" }],
    ["--config c --config=ENV -c d", { ...SINGER, verb: "sync", config: ["c", "ENV", "d"] }],
    ["--config=ENV", { ...SINGER, verb: "sync", config: ["ENV"] }],
    ["--catalog a --catalog b", { ...SINGER, verb: "sync", catalog: "b" }],
    ["--config c --test", { ...SINGER, verb: "sync", test: "all", config: ["c"] }],
    ["--test --config c", { ...SINGER, verb: "sync", test: "all", config: ["c"] }],
    ["--config c --test=all", { ...SINGER, verb: "sync", test: "all", config: ["c"] }],
    ["--config c --test=schema", { ...SINGER, verb: "sync", test: "schema", config: ["c"] }],
    ["--about --format json", { ...SINGER, verb: "about", format: "json" }],
  ])("%s", async (line, expected) => {
    expect(await parseArguments(line.split(" "), SOURCE)).toEqual(expected);
  });
});

describe("the command line of a destination", () => {
  test.each<[string, object]>([
    ["discover --config c", { ...AIRBYTE, verb: "discover", config: ["c"] }],
    ["write --config c --catalog k", { ...AIRBYTE, verb: "write", config: ["c"], catalog: "k" }],
    [
      "write --config c --catalog k --replay overwrite",
      { ...AIRBYTE, verb: "write", config: ["c"], catalog: "k", replay: "overwrite" },
    ],
    ["--config c", { ...SINGER, verb: "sync", config: ["c"] }],
    ["-c c --state s", { ...SINGER, verb: "sync", config: ["c"], state: "s" }],
    ["--config c --input rows.jsonl", { ...SINGER, verb: "sync", config: ["c"], input: "rows.jsonl" }],
    ["--about", { ...SINGER, verb: "about" }],
  ])("%s", async (line, expected) => {
    expect(await parseArguments(line.split(" "), DESTINATION)).toEqual(expected);
  });
});

describe("a verb for people", () => {
  const inspected = { ...DESTINATION, inspection: INSPECTION };

  test("is what the connector calls it, and takes a catalog where it looks at one", async () => {
    expect(await parseArguments("plan --config c --catalog k --json".split(" "), inspected)).toEqual({
      dialect: "people",
      verb: "inspect",
      config: ["c"],
      catalog: "k",
      json: true,
    });
    const probe = { ...SOURCE, inspection: { ...INSPECTION, verb: "probe", takesCatalog: false } };
    expect(await parseArguments("probe --config c".split(" "), probe)).toEqual({
      dialect: "people",
      verb: "inspect",
      config: ["c"],
      catalog: undefined,
      json: false,
    });
  });

  test("that looks people up takes a catalog, and needs none", async () => {
    const looking = { ...DESTINATION, lookUp: { verb: "look-up", describe: "Look them up" } };
    const expected = { dialect: "people", verb: "look-up", config: ["c"], catalog: undefined, json: true };
    expect(await parseArguments("look-up --config c --json".split(" "), looking)).toEqual(expected);
    expect(await parseArguments("look-up --catalog k --json".split(" "), looking)).toEqual({
      ...expected,
      config: [],
      catalog: "k",
    });
  });

  test.each([
    ["needs the catalog that it looks at", "plan --config c", inspected],
    ["is unknown to a connector that has none", "plan --config c --catalog k", DESTINATION],
  ])("%s", async (_what, line, connector) => {
    expect(await parseArguments(line.split(" "), connector)).toMatchObject({ failed: true });
  });
});

describe("a command line that asks for no work", () => {
  test.each<[string, "source" | "destination", string]>([
    ["an unknown command", "source", "raed --config c"],
    ["an unknown option", "source", "check --confg c"],
    ["a read without a catalog", "source", "read --config c"],
    ["a write without a catalog", "destination", "write --config c"],
    ["the other side's command", "source", "write --config c --catalog k"],
    ["an option without its file", "source", "check --config"],
    ["a test of another kind", "source", "--config c --test=some"],
    ["a replay of another kind", "destination", "write --config c --catalog k --replay all"],
  ])("fails with an explanation: %s", async (_what, kind, line) => {
    const connector = kind === "source" ? SOURCE : DESTINATION;
    const found = await parseArguments(line.split(" "), connector);
    expect(found).toMatchObject({ dialect: undefined, failed: true });
    expect(found).toHaveProperty("text", expect.stringMatching(/\S/));
  });

  test("explains itself, and fails, when nothing is asked", async () => {
    const found = await parseArguments([], SOURCE);
    expect(found).toMatchObject({
      dialect: undefined,
      failed: true,
      text: expect.stringContaining("source-tiny read"),
    });
  });

  test("prints help that lists the commands of its side alone", async () => {
    const found = await parseArguments(["--help"], DESTINATION);
    expect(found).toMatchObject({ failed: false, text: expect.stringContaining("destination-tiny write") });
    expect(found).not.toHaveProperty("text", expect.stringContaining("destination-tiny read"));
  });

  test("prints the version", async () => {
    expect(await parseArguments(["--version"], SOURCE)).toEqual({
      dialect: undefined,
      failed: false,
      text: "1.2.3",
    });
  });
});
