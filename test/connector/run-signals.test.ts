import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ended, folderOf, printed } from "../process.js";
import { runTiny, start } from "./tiny-process.js";

const SECRET = "s3cret-value";
const CATALOG = { streams: [{ stream: { name: "things", json_schema: {} }, sync_mode: "incremental" }] };

let files: Awaited<ReturnType<typeof folderOf>>;
beforeAll(async () => {
  files = await folderOf({
    "config.json": { secret: SECRET },
    "bug.json": { secret: SECRET, behaviour: "bug" },
    "waits.json": { secret: SECRET, behaviour: "waits" },
    "measures.json": { secret: SECRET, behaviour: "measures", records: 30_000 },
    "endless.json": { secret: SECRET, records: 1_000_000_000 },
    "catalog.json": CATALOG,
    "rows.jsonl": '{"type":"STATE","value":{"bookmarks":{"things":1}}}\n',
  });
});
afterAll(() => files.remove());

const args = (verb: string, config: string) => [
  verb,
  "--config",
  files.path(config),
  "--catalog",
  files.path("catalog.json"),
];

describe.skipIf(process.platform === "win32")("a process that is asked to stop", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "by %s prints what is safe, then dies by that signal",
    async (signal) => {
      const child = start("source", args("read", "waits.json"));
      const end = ended(child);
      await printed(child, '"STATE"');
      child.kill(signal);
      const { code, signal: diedBy, messages, stderr } = await end;
      expect({ code, diedBy, stderr }).toEqual({ code: null, diedBy: signal, stderr: "" });
      expect(messages.at(-1)).toMatchObject({
        type: "STATE",
        state: { stream: { stream_state: { position: "safe" } } },
      });
    },
  );

  test("stops waiting for input that does not come", async () => {
    const child = start("destination", args("write", "config.json"));
    const end = ended(child);
    child.stdin.write(
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"things"}}}}\n',
    );
    await printed(child, '"STATE"');
    child.kill("SIGTERM");
    const { signal, messages } = await end;
    expect(signal).toBe("SIGTERM");
    expect(messages.at(-1)?.log.message).toBe("took 1 lines");
  });
});

describe("a reader that goes away", () => {
  test("of what is said on stderr does not keep a failure from being a failure", async () => {
    const child = start("source", args("read", "bug.json"));
    child.stderr.destroy();
    const { code, messages } = await ended(child);
    expect(code).toBe(1);
    expect(messages.at(-1)?.trace.error.failure_type).toBe("system_error");
  });

  test("ends a read quietly, and not as a success", async () => {
    const child = start("source", args("read", "endless.json"));
    const end = ended(child);
    await printed(child, '"RECORD"');
    child.stdout.destroy();
    const { code, signal, stderr } = await end;
    expect({ code, signal, stderr }).toEqual({ code: 1, signal: null, stderr: "" });
  });

  test("does not hurt an answer that nobody waits for", async () => {
    const child = start("source", ["spec"]);
    child.stdout.destroy();
    const { code, stderr } = await ended(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

test("a reader that is slow gets everything, and does not make the source hold it", async () => {
  const child = start("source", args("read", "measures.json"));
  child.stdout.on("data", () => {
    child.stdout.pause();
    setImmediate(() => child.stdout.resume());
  });
  const { code, messages } = await ended(child);
  expect(code).toBe(0);
  const numbers = messages.filter(({ type }) => type === "RECORD").map(({ record }) => record.data.number);
  expect(numbers).toEqual(Array.from({ length: 30_000 }, (_, index) => index));
  const measured = messages.findLast(({ type }) => type === "LOG")?.log.message;
  expect(Number(measured.replace("most queued: ", ""))).toBeLessThan(200_000);
});

test.skipIf(!existsSync("/dev/full"))("a disk that is full is a failure and not a short answer", async () => {
  const full = openSync("/dev/full", "w");
  const program = new URL("tiny-connector.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [program, "source", "spec"], { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  let stderr = "";
  child.stderr?.on("data", (text) => (stderr += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(1);
  expect(stderr).toContain("ENOSPC");
});

describe("under its Singer name", () => {
  test("prints schemas, records and states, and logs on stderr with the level first", async () => {
    const { code, stdout, messages, stderr } = await runTiny("source", [
      "--config",
      files.path("config.json"),
    ]);
    expect(code).toBe(0);
    expect(messages.map(({ type }) => type)).toEqual([
      "SCHEMA",
      "STATE",
      "RECORD",
      "RECORD",
      "RECORD",
      "STATE",
      "STATE",
    ]);
    expect(stderr).toMatch(/^INFO begins at 0 with \*{4}\nINFO METRIC: \{.*\}\n$/);
    expect(stdout).not.toContain(SECRET);
  });

  test("reads a file in place of standard input", async () => {
    const { code, stdout, stderr } = await runTiny("destination", [
      "--config",
      files.path("config.json"),
      "--input",
      files.path("rows.jsonl"),
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"bookmarks":{"things":1}}\n' });
    expect(stderr).toBe("INFO took 1 lines\n");
  });

  test("says which file is not there, without a stack", async () => {
    const args = ["--config", files.path("config.json"), "--input", files.path("nowhere.jsonl")];
    const { code, stdout, stderr } = await runTiny("destination", args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^CRITICAL the input file ".*nowhere\.jsonl": there is no such file\n$/);
  });
});
