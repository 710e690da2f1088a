import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "../../connector/errors.js";
import { performInspection } from "../../connector/inspect.js";
import { folderOf } from "../process.js";

let files: Awaited<ReturnType<typeof folderOf>>;
beforeEach(async () => {
  files = await folderOf({ "k.json": { streams: [{ stream: { name: "contacts" } }] } });
});
afterEach(() => files.remove());

/** Runs the verb of a connector that finds this; resolves with what was printed, and what stood in the way. */
async function inspect(problem: string | undefined, json: boolean) {
  const printed: string[] = [];
  const connector = {
    inspection: {
      run: async (_settings: unknown, streams: readonly { name: string }[]) => ({
        text: `a table of ${streams.map(({ name }) => name)}`,
        json: { rows: [1] },
        problem,
      }),
    },
  };
  const around = {
    settings: async () => ({}),
    output: {
      write: (line: string) => void printed.push(line),
      flush: async () => void printed.push("flushed"),
    },
  };
  const asked = {
    dialect: "people",
    verb: "inspect",
    config: ["c"],
    catalog: files.path("k.json"),
    json,
  } as const;
  const failure = await performInspection(connector as never, asked, around as never).catch((error) => error);
  return { printed, failure };
}

test("people see a table, and nothing else is on standard output", async () => {
  expect(await inspect(undefined, false)).toEqual({
    printed: ["a table of contacts", "flushed"],
    failure: undefined,
  });
});

test("programs read the same as JSON", async () => {
  const { printed } = await inspect(undefined, true);
  expect(JSON.parse(printed[0]!)).toEqual({ rows: [1] });
});

test("what stands in the way ends the process with 1, after everything is printed", async () => {
  const { printed, failure } = await inspect("it cannot work", false);
  expect(printed.at(-1)).toBe("flushed");
  expect(failure).toBeInstanceOf(ConfigError);
  expect(failure.message).toBe("it cannot work");
});
