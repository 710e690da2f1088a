import { chmod } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folderOf, type Printed } from "../process.js";
import { runTiny } from "./tiny-process.js";

const SECRET = "s3cret-value";
const CATALOG = { streams: [{ stream: { name: "things", json_schema: {} }, sync_mode: "incremental" }] };
const STATE = {
  type: "STATE",
  state: { stream: { stream_descriptor: { name: "things" }, stream_state: { position: 7 } } },
};
const behaving = (behaviour: string) => ({ secret: SECRET, behaviour });

let files: Awaited<ReturnType<typeof folderOf>>;
beforeAll(async () => {
  files = await folderOf({
    "config.json": { secret: SECRET },
    "padded.json": { secret: ` ${SECRET}`, recods: 5 },
    "empty.json": {},
    "broken.json": `{\n  "secret": "${SECRET}" oops`,
    "unreadable.json": { secret: SECRET },
    "config.txt": behaving("config"),
    "transient.txt": behaving("transient"),
    "bug.txt": behaving("bug"),
    "later.txt": behaving("later"),
    "rejection.txt": behaving("rejection"),
    "big.txt": { secret: SECRET, records: 8000 },
    "catalog.txt": CATALOG,
    "state.txt": STATE,
    "wrong.txt": { things: { position: 7 } },
  });
  await chmod(files.path("unreadable.json"), 0o000);
});
afterAll(() => files.remove());

const config = (name: string) => ["--config", files.path(name)];
const catalog = () => ["--catalog", files.path("catalog.txt")];
const kinds = (messages: Printed[]) => messages.map(({ type, trace }) => trace?.type ?? type);

describe("spec", () => {
  test("prints the specification and nothing else", async () => {
    const { code, messages, stderr } = await runTiny("destination", ["spec"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(messages).toEqual([
      {
        type: "SPEC",
        spec: {
          protocol_version: "0.18.0",
          documentationUrl: "https://example.com",
          supportsIncremental: true,
          supported_destination_sync_modes: ["append"],
          connectionSpecification: expect.objectContaining({ title: "Tiny", required: ["secret"] }),
        },
      },
    ]);
  });
});

describe("check", () => {
  test("says that the configuration works", async () => {
    const { code, messages } = await runTiny("source", ["check", ...config("config.json")]);
    expect(code).toBe(0);
    expect(messages).toEqual([
      { type: "CONNECTION_STATUS", connectionStatus: { status: "SUCCEEDED", message: "it works" } },
    ]);
  });

  test("works from the environment alone", async () => {
    const { messages } = await runTiny("source", ["check"], { env: { TINY_SECRET: SECRET } });
    expect(messages.at(-1)).toMatchObject({ connectionStatus: { status: "SUCCEEDED" } });
  });

  test.each([
    ["a setting that is missing", "empty.json", "secret is missing"],
    ["a file that is not there", "nowhere.json", "there is no such file"],
    ["a file that is not JSON", "broken.json", "not valid JSON (line 2"],
    ["what the vendor says of the configuration", "config.txt", "change something"],
    ["a vendor that does not answer", "transient.txt", "run again"],
  ])("reports %s as a failed status, and ends with 0 all the same", async (_what, file, message) => {
    const { code, messages, stdout } = await runTiny("source", ["check", ...config(file)]);
    expect(code).toBe(0);
    expect(messages).toEqual([
      {
        type: "CONNECTION_STATUS",
        connectionStatus: { status: "FAILED", message: expect.stringContaining(message) },
      },
    ]);
    expect(stdout).not.toContain(SECRET);
  });

  test.skipIf(process.getuid?.() === 0)("names a file that it may not read, and what to do", async () => {
    const { code, messages } = await runTiny("source", ["check", ...config("unreadable.json")]);
    expect(code).toBe(0);
    expect(messages[0]?.connectionStatus).toMatchObject({
      status: "FAILED",
      message: expect.stringContaining("permissions"),
    });
  });

  test("reports a bug as an error trace and ends with 1, since it tells nothing about the configuration", async () => {
    const { code, messages } = await runTiny("source", ["check", ...config("bug.txt")]);
    expect(code).toBe(1);
    expect(messages).toEqual([
      {
        type: "TRACE",
        trace: expect.objectContaining({
          type: "ERROR",
          error: expect.objectContaining({ failure_type: "system_error" }),
        }),
      },
    ]);
  });

  test("warns of what it passed over, before its answer", async () => {
    const { messages } = await runTiny("source", ["check", ...config("padded.json")]);
    expect(kinds(messages)).toEqual(["LOG", "LOG", "CONNECTION_STATUS"]);
    expect(messages[1]?.log).toEqual({
      level: "WARN",
      message: expect.stringContaining('did you mean "records"'),
    });
  });
});

describe("read", () => {
  test("prints messages and nothing else, and ends with 0", async () => {
    const { code, messages, stderr } = await runTiny("source", [
      "read",
      ...config("config.json"),
      ...catalog(),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(kinds(messages)).toEqual([
      "LOG",
      "STREAM_STATUS",
      "RECORD",
      "RECORD",
      "RECORD",
      "STATE",
      "STREAM_STATUS",
    ]);
    expect(messages.at(-1)?.trace.stream_status.status).toBe("COMPLETE");
  });

  test("goes on from a state, whatever the names of the files", async () => {
    const { messages } = await runTiny("source", [
      "read",
      ...config("config.json"),
      ...catalog(),
      "--state",
      files.path("state.txt"),
    ]);
    expect(messages.find(({ type }) => type === "RECORD")?.record.data.number).toBe(7);
  });

  test("prints all of a megabyte before it ends", async () => {
    const { code, stdout, messages } = await runTiny("source", ["read", ...config("big.txt"), ...catalog()]);
    expect(code).toBe(0);
    expect(stdout.length).toBeGreaterThan(1_000_000);
    expect(messages.filter(({ type }) => type === "RECORD")).toHaveLength(8000);
    expect(messages.at(-1)?.trace.stream_status.status).toBe("COMPLETE");
  });

  test.each([
    ["a wrong configuration", "config.txt", "config_error", false],
    ["what time heals", "transient.txt", "transient_error", false],
    ["a bug", "bug.txt", "system_error", true],
    ["a bug that nobody awaits", "later.txt", "system_error", true],
    ["a promise that nobody awaits", "rejection.txt", "system_error", true],
  ])("ends %s with an error trace and 1, after all that was read", async (_what, file, type, hasStack) => {
    const { code, messages, stdout, stderr } = await runTiny("source", [
      "read",
      ...config(file),
      ...catalog(),
    ]);
    expect(code).toBe(1);
    expect(kinds(messages)).toEqual(["LOG", "STREAM_STATUS", "RECORD", "RECORD", "RECORD", "STATE", "ERROR"]);
    const { error } = messages.at(-1)?.trace ?? {};
    expect(error).toMatchObject({ failure_type: type, message: expect.stringContaining("****") });
    expect("stack_trace" in error).toBe(hasStack);
    expect(stderr).toMatch(/^source-tiny: /);
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test("refuses a state that it does not know, instead of starting over", async () => {
    const { code, messages } = await runTiny("source", [
      "read",
      ...config("config.json"),
      ...catalog(),
      "--state",
      files.path("wrong.txt"),
    ]);
    expect(code).toBe(1);
    expect(messages).toHaveLength(1);
    expect(messages[0]?.trace.error).toMatchObject({
      failure_type: "config_error",
      message: expect.stringContaining("is not a state"),
    });
  });

  test("never shows a configuration that it cannot parse", async () => {
    const { code, stdout, stderr } = await runTiny("source", [
      "read",
      ...config("broken.json"),
      ...catalog(),
    ]);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain(SECRET);
  });
});

describe("discover", () => {
  test("prints the catalog", async () => {
    const { code, messages } = await runTiny("source", ["discover", ...config("config.json")]);
    expect(code).toBe(0);
    expect(messages).toEqual([
      { type: "CATALOG", catalog: { streams: [expect.objectContaining({ name: "things" })] } },
    ]);
  });
});

describe("write", () => {
  const line =
    '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"things"},"stream_state":{}},"id":12345678901234567890}}';

  test("gives back each state with its stats", async () => {
    const { code, stdout } = await runTiny("destination", ["write", ...config("config.json"), ...catalog()], {
      input: `${line}\n`,
    });
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe(
      line.replace(/\}\}$/, ',"destinationStats":{"recordCount":1,"rejectedRecordCount":0}}}'),
    );
  });

  test("gives back the states of a run that fails, and ends with 1", async () => {
    const { code, messages } = await runTiny(
      "destination",
      ["write", ...config("transient.txt"), ...catalog()],
      { input: `${line}\n` },
    );
    expect(code).toBe(1);
    expect(kinds(messages)).toEqual(["STATE", "ERROR"]);
  });

  test("ends with 0 when there is nothing to write", async () => {
    const { code, messages } = await runTiny("destination", [
      "write",
      ...config("config.json"),
      ...catalog(),
    ]);
    expect(code).toBe(0);
    expect(kinds(messages)).toEqual(["LOG"]);
  });
});

describe("a command line that asks for no work", () => {
  test.each([
    ["nothing", []],
    ["an unknown command", ["raed"]],
  ])("is answered on stderr, away from the messages: %s", async (_what, args) => {
    const result = await runTiny("source", args);
    expect(result).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/\S/) });
  });

  test.each([
    ["help", "--help"],
    ["the version", "--version"],
  ])("prints what it asks for: %s", async (_what, flag) => {
    const result = await runTiny("source", [flag]);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/\S/), stderr: "" });
  });
});
