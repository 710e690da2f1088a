import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { ended } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { held } from "../sync/project.js";
import { type MeltanoProject, setMeltano } from "./project.js";

const LIST = "/abacus.v1.AbacusService/ListContacts";
const BULK = "/api/users/bulkUpdate";
const SYNC = ["run", "tap-flowcode", "target-iterable"];
const READ_ONLY_KEY = "1".repeat(32);

let stage: Stage;
let meltano: MeltanoProject;
beforeEach(async () => {
  stage = await setStage(generatePeople(300, { seed: 8, endMs: Date.now() - 3_600_000 }), {
    flowcode: { pageSize: 50 },
    iterable: { fields: CUSTOM_FIELDS },
  });
  meltano = await setMeltano(stage, SERVER_SIDE_KEY);
});
afterEach(() => stage.close());

const expected = () => {
  const { users } = promised(stage.flowcode.rows, new Set(), () => false);
  return JSON.parse(JSON.stringify(Object.fromEntries(users)));
};
const arrived = () => held(stage);

/** What the schedule of the example runs. */
test("the example's job brings every contact, and the next run only what is new, by Meltano's own state", async () => {
  const first = await meltano.run(["run", "flowcode-to-iterable"]);
  expect({ code: first.code, arrived: arrived() }).toEqual({ code: 0, arrived: expected() });
  const before = stage.flowcode.journal.count(LIST);
  const bulkBefore = stage.iterable.journal.count(BULK);

  const at = new Date().toISOString();
  stage.flowcode.add([
    { user: { email: "new@example.com", name: "New Person" }, firstConvertedAt: at, lastConvertedAt: at },
  ]);
  const second = await meltano.run(["run", "flowcode-to-iterable"]);
  expect({ code: second.code, arrived: arrived() }).toEqual({ code: 0, arrived: expected() });
  expect(stage.iterable.journal.count(BULK) - bulkBefore).toBe(1);
  expect(stage.flowcode.journal.count(LIST) - before).toBeLessThan(before);
  expect(`${first.stderr}${second.stderr}`).toContain("1 read = 1 delivered");
  expect(`${first.stdout}${first.stderr}`).not.toMatch(/@example\.com/);
});

describe("meltano config test", () => {
  test("passes for both plugins, and writes nothing anywhere", async () => {
    const tap = await meltano.run(["config", "test", "tap-flowcode"]);
    expect(tap.stdout + tap.stderr).toContain("Plugin configuration is valid");
    const target = await meltano.run(["config", "test", "target-iterable"]);
    expect(target.stdout + target.stderr).toContain("Plugin configuration is valid");
    expect({ codes: [tap.code, target.code], arrived: arrived() }).toEqual({ codes: [0, 0], arrived: {} });
    expect(stage.iterable.journal.count(BULK)).toBe(0);
  });

  test("fails for keys that do not work, with what to do", async () => {
    const wrong = { TAP_FLOWCODE_CREDENTIALS_CLIENT_SECRET: "not-the-secret" };
    const tap = await meltano.run(["config", "test", "tap-flowcode"], wrong);
    expect(tap.code).toBe(1);
    const target = await meltano.run(["config", "test", "target-iterable"], {
      TARGET_ITERABLE_API_KEY: READ_ONLY_KEY,
    });
    expect(target.code).toBe(1);
    expect(target.stdout + target.stderr).toMatch(/Server-side/);
  });
});

test("a key that may not write fails the run, and Meltano's output says what to do", async () => {
  const { code, stdout, stderr } = await meltano.run(SYNC, { TARGET_ITERABLE_API_KEY: READ_ONLY_KEY });
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/Server-side/);
  expect(stdout + stderr).not.toContain(READ_ONLY_KEY);
});

const HALF_WAY = 10;

test.each<[NodeJS.Signals, "all" | "target-iterable" | "tap-flowcode"]>([
  ["SIGTERM", "all"],
  ["SIGKILL", "all"],
  ["SIGKILL", "target-iterable"],
  ["SIGKILL", "tap-flowcode"],
])("when %s hits %s half-way, the next run brings what is missing", async (signal, whom) => {
  stage.flowcode.faults.script({ path: LIST, from: HALF_WAY, action: { kind: "slow", ms: 3000 } });
  const child = meltano.start(SYNC);
  const end = ended(child as Parameters<typeof ended>[0]);
  await stage.flowcode.journal.reached(LIST, HALF_WAY);
  const pid = child.pid as number;
  process.kill(whom === "all" ? -pid : await childOf(pid, whom), signal);
  expect((await end).code).not.toBe(0);
  stage.flowcode.faults.clear();
  const { code } = await meltano.run([...SYNC, "--force"]);
  // Who has converted twice, once on either side of the interruption, may end with the older answers.
  const who = [arrived(), expected()].map((contacts) => Object.keys(contacts).sort());
  expect({ code, who: who[0] }).toEqual({ code: 0, who: who[1] });
});

/** The plugin that a Meltano process has started. */
async function childOf(pid: number, name: string): Promise<number> {
  const { stdout } = await promisify(execFile)("ps", ["-o", "pid=,args=", "--ppid", String(pid)]);
  const line = stdout.split("\n").find((each) => each.includes(name));
  if (!line) throw new Error(`Meltano has not started ${name}: ${stdout}`);
  return Number.parseInt(line, 10);
}

test("the commands that the example's README prints do what it says", async () => {
  await meltano.run(["run", "flowcode-to-iterable"]);
  const fields = await meltano.run(["select", "tap-flowcode", "--list"]);
  expect(fields.stdout).toMatch(/contacts\.email/);
  await meltano.run(["select", "--exclude", "tap-flowcode", "contacts", "phone"]);
  const schedules = await meltano.run(["schedule", "list"]);
  expect(schedules.stdout).toContain("every-half-hour");
  const before = stage.flowcode.journal.count(LIST);
  const { code } = await meltano.run(["state", "clear", "--force", "prod:tap-flowcode-to-target-iterable"]);
  expect(code).toBe(0);
  await meltano.run(["run", "flowcode-to-iterable"]);
  expect(stage.flowcode.journal.count(LIST)).toBeGreaterThan(before);
});

test("levels of the connectors' log lines are Meltano's own", async () => {
  stage.flowcode.faults.script({ path: LIST, from: 1, action: { kind: "html", status: 502 } });
  const { stdout, stderr } = await meltano.run(["--log-format=json", ...SYNC]);
  const logged = (stdout + stderr)
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  expect(logged.some(({ event, level }) => /^METRIC: /.test(event) && level === "info")).toBe(true);
  expect(logged.some(({ event, level }) => /read = /.test(event) && level === "info")).toBe(true);

  const failed = await meltano.run(["--log-format=json", ...SYNC], {
    TARGET_ITERABLE_API_KEY: READ_ONLY_KEY,
  });
  expect(failed.stdout + failed.stderr).toMatch(/"level": ?"critical"/i);
});
