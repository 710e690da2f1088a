import { chmod } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ended, printed } from "../process.js";
import { until } from "../sync/project.js";
import { run, signal, start } from "./engine.js";
import { startVendors, type Vendors } from "./vendors.js";

let vendors: Vendors;
let mounts: [string, string][];
beforeAll(async () => {
  vendors = await startVendors(1_000);
  mounts = [[vendors.folder, "/config:ro"]];
});
afterAll(() => vendors.close());

const SOURCE = ["--config", "/config/source.json"];
const DESTINATION = ["--config", "/config/destination.json"];
const CATALOG = ["--catalog", "/config/catalog.json"];

test.each([
  ["source-flowcode", SOURCE],
  ["destination-iterable", DESTINATION],
] as const)("%s checks a configuration that is mounted", async (target, config) => {
  const { code, messages } = await run(target, ["check", ...config], { mounts });
  expect(code).toBe(0);
  expect(messages).toContainEqual({
    type: "CONNECTION_STATUS",
    connectionStatus: expect.objectContaining({ status: "SUCCEEDED" }),
  });
});

test("one container piped into another brings every contact to Iterable, and acknowledges it", async () => {
  const source = start("source-flowcode", ["read", ...SOURCE, ...CATALOG, "--state", "/config/state.jsonl"], {
    mounts,
  });
  const destination = start("destination-iterable", ["write", ...DESTINATION, ...CATALOG], { mounts });
  const [read, written] = await Promise.all([
    ended(source),
    ended(destination),
    pipeline(source.stdout, destination.stdin),
  ]);
  expect([read.code, written.code]).toEqual([0, 0]);
  expect(vendors.held()).toEqual(vendors.promised());
  expect(written.messages.filter(({ type }) => type === "STATE").length).toBeGreaterThan(0);
});

describe("SIGTERM, as `docker stop` sends it to process 1,", () => {
  test("ends a source that waits between two pages", async () => {
    const settings = { ...JSON.parse(await vendors.text("source.json")), requests_per_second: 0.01 };
    await vendors.write("slow.json", JSON.stringify(settings));
    const name = `flowcode-source-${process.pid}`;
    const source = start("source-flowcode", ["read", "--config", "/config/slow.json", ...CATALOG], {
      mounts,
      name,
    });
    const [{ code }] = await Promise.all([
      ended(source),
      printed(source, '"RECORD"').then(() => signal(name, "TERM")),
    ]);
    expect(code).toBe(143);
  });

  test("ends a destination that waits for input, and what it has written is acknowledged", async () => {
    const settings = JSON.parse(await vendors.text("destination.json"));
    const advanced = { ...settings.advanced, batch_seconds: 1 };
    await vendors.write("quick.json", JSON.stringify({ ...settings, advanced }));
    const name = `flowcode-destination-${process.pid}`;
    const destination = start(
      "destination-iterable",
      ["write", "--config", "/config/quick.json", ...CATALOG],
      {
        mounts,
        name,
      },
    );
    const record = { stream: "contacts", data: { email: "late@example.com" }, emitted_at: 1 };
    const state = {
      type: "STREAM",
      stream: { stream_descriptor: { name: "contacts" }, stream_state: { page: 1 } },
    };
    destination.stdin.write(
      `${JSON.stringify({ type: "RECORD", record })}\n${JSON.stringify({ type: "STATE", state })}\n`,
    );
    const ending = ended(destination);
    const isWritten = () => vendors.iterable.users.has("late@example.com");
    await until(() => isWritten() || destination.exitCode !== null);
    await signal(name, "TERM");
    const { code, lines } = await ending;
    expect(code).toBe(143);
    expect(isWritten()).toBe(true);
    expect(lines.join("\n")).toContain('"page":1');
  });
});

test.each([
  ["source-flowcode", "read"],
  ["destination-iterable", "write"],
] as const)("%s says how to mend a configuration that it may not read", async (target, verb) => {
  const secret = "nobody-may-read-this";
  await vendors.write(`${target}.json`, secret);
  await chmod(`${vendors.folder}/${target}.json`, 0);
  const { code, stdout } = await run(target, [verb, "--config", `/config/${target}.json`, ...CATALOG], {
    mounts,
  });
  expect(code).toBe(1);
  expect(stdout).toContain('"failure_type":"config_error"');
  expect(stdout).toMatch(/permissions.*chmod.*chown 1000/);
  expect(stdout).not.toContain(secret);
});
