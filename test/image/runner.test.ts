import { chmod } from "node:fs/promises";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ended, type Printed } from "../process.js";
import { until } from "../sync/project.js";
import { removeVolume, run, signal, start } from "./engine.js";
import { startVendors, type Vendors } from "./vendors.js";

const VOLUME = `flowcode-iterable-${process.pid}`;
let vendors: Vendors;

beforeAll(async () => {
  vendors = await startVendors(500);
});
afterAll(async () => {
  await Promise.all([vendors.close(), removeVolume(VOLUME)]);
});

test("the runner keeps its project in a volume and syncs by its schedule until it is stopped", async () => {
  const settings = {
    version: 1,
    source: JSON.parse(await vendors.text("source.json")),
    destination: JSON.parse(await vendors.text("destination.json")),
    schedule: { every: "1m" },
  };
  await vendors.write("flowcode-iterable.json", JSON.stringify(settings));
  const mounts = [
    [VOLUME, "/project"],
    [`${vendors.folder}/flowcode-iterable.json`, "/project/flowcode-iterable.json:ro"],
  ] as const;

  const name = `flowcode-iterable-${process.pid}`;
  const runner = start("flowcode-iterable", ["sync", "--scheduled", "--json"], { mounts, name });
  const ends: Printed[] = [];
  createInterface({ input: runner.stdout }).on("line", (line) => {
    const event = JSON.parse(line);
    if (event.event === "ended") ends.push(event);
  });
  const ending = ended(runner);
  for (const run of [1, 2, 3]) {
    await until(() => ends.length === run || runner.exitCode !== null);
    expect(ends.at(-1)).toMatchObject({ run, outcome: "succeeded" });
    expect(vendors.held()).toEqual(vendors.promised());
    vendors.scan(`after-${run}@example.com`);
  }
  await signal(name, "TERM");
  expect((await ending).code).toBe(143);
  expect(ends.map(({ read }) => read)).toEqual([expect.any(Number), 1, 1]);

  const once = await run("flowcode-iterable", ["sync", "--json"], { mounts });
  expect([once.code, JSON.parse(once.lines.at(-1)!)]).toEqual([
    0,
    expect.objectContaining({ run: 4, read: 1 }),
  ]);
  expect(vendors.held()).toEqual(vendors.promised());

  expect((await run("flowcode-iterable", ["status"], { mounts })).code).toBe(0);

  const script = "find runs state rejects -type f -perm /077; ls";
  const kept = await run("flowcode-iterable", ["-c", script], { mounts, entrypoint: "/bin/sh" });
  expect(kept.lines).toEqual(["fields.json", "flowcode-iterable.json", "rejects", "runs", "state"]);
});

test("the runner says how to mend a project folder that it may not write, or settings that it may not read", async () => {
  const name = "project/flowcode-iterable.json";
  const folder = `${vendors.folder}/project`;
  const mounts = [[folder, "/project"]] as const;
  await vendors.write(name, JSON.stringify({ version: 1 }));
  await chmod(folder, 0o555);
  const unwritable = await run("flowcode-iterable", ["sync"], { mounts });
  await chmod(`${vendors.folder}/${name}`, 0);
  const unreadable = await run("flowcode-iterable", ["sync"], { mounts });
  await chmod(folder, 0o755);
  expect([unwritable.code, unwritable.stderr]).toEqual([2, expect.stringMatching(/"\/project.*chown 1000/)]);
  expect([unreadable.code, unreadable.stderr]).toEqual([2, expect.stringMatching(/chmod.*chown 1000/)]);
});
