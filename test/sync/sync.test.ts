import { stat, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { generatePeople } from "../../simulators/people.js";
import { held, type Project, setProject } from "./project.js";

const BULK = "/api/users/bulkUpdate";
let project: Project;
afterEach(() => project.close());

const people = (count: number) => generatePeople(count, { seed: 5, endMs: Date.now() - 7_200_000 });
const onStage = (count: number) =>
  setProject(people(count), { flowcode: { pageSize: 100 }, iterable: { fields: CUSTOM_FIELDS } });
const contents = () =>
  JSON.parse(
    JSON.stringify(Object.fromEntries(promised(project.flowcode.rows, new Set(), () => false).users)),
  );
const recordsRead = async (run: number) => (await project.log(run)).at(-1)?.read;

describe("a sync", () => {
  test("puts into Iterable what was promised, and the next one carries only what is new", async () => {
    project = await onStage(500);
    const first = await project.run("sync");
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^! Run 1 succeeded, with losses: /),
    ]);
    expect(held(project)).toEqual(contents());
    const at = new Date().toISOString();
    project.flowcode.add([{ user: { email: "new@example.com" }, firstConvertedAt: at, lastConvertedAt: at }]);
    const second = await project.run("sync");
    expect([second.code, await recordsRead(2)]).toEqual([0, 1]);
    expect(held(project)).toEqual(contents());
  });

  test("keeps what it keeps for its owner alone, and nobody's data or secret in logs and states", async () => {
    project = await onStage(200);
    await project.run("sync");
    for (const name of [
      "runs/1.jsonl",
      "state/1.json",
      `rejects/1/${(await project.names("rejects/1"))[0]}`,
    ]) {
      expect([name, (await stat(`${project.folder}/${name}`)).mode & 0o777]).toEqual([name, 0o600]);
    }
    const kept = `${await project.text("runs/1.jsonl")}${await project.text("state/1.json")}`;
    for (const secret of [project.flowcode.account.clientSecret, "@example", "person1"])
      expect(kept).not.toContain(secret);
    expect(await project.names("work")).toEqual([]);
  });

  test("takes its secrets from the environment", async () => {
    project = await onStage(20);
    const { clientId, clientSecret } = project.flowcode.account;
    await project.settings({
      source: { credentials: { auth_type: "api_client" } },
      destination: { api_key: undefined },
    });
    const without = await project.run("sync");
    expect([without.code, without.stdout]).toEqual([2, expect.stringContaining("client_id")]);
    const child = project.start(["sync"], {
      FLOWCODE_CLIENT_ID: clientId,
      FLOWCODE_CLIENT_SECRET: clientSecret,
      ITERABLE_API_KEY: "0123456789abcdef0123456789abcdef",
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  });

  test("explains why it failed, logs it, and leaves the state where it was", async () => {
    project = await onStage(200);
    await project.settings({ destination: { api_key: "wrong-key-wrong-key-wrong-key-00" } });
    const failed = await project.run("sync");
    expect([failed.code, failed.stdout]).toEqual([
      2,
      expect.stringMatching(/Failed: .*key.*\(reported by the destination\)/),
    ]);
    expect((await project.log(1)).at(-1)).toMatchObject({
      outcome: "failed",
      explanation: { by: "destination", failure_type: "config_error" },
      state: false,
    });
    await project.settings();
    expect((await project.run("sync")).code).toBe(0);
    expect(held(project)).toEqual(contents());
  });

  test("of the source that fails blames the source", async () => {
    project = await onStage(50);
    await project.settings({ source: { workspace_id: "nobody" } });
    await project.run("sync");
    expect((await project.log(1)).at(-1)?.explanation).toMatchObject({ by: "source" });
  });

  test("prints JSON lines for programs, the last of which is the result", async () => {
    project = await onStage(100);
    const { code, messages } = await project.run("sync", "--json");
    expect(code).toBe(0);
    expect(messages.at(-1)).toMatchObject({ event: "ended", run: 1, outcome: "succeeded" });
  });
});

describe("a sync of a special kind", () => {
  test("with --limit sends so many contacts and leaves the state behind them", async () => {
    project = await onStage(300);
    const limited = await project.run("sync", "--limit", "3");
    expect([limited.code, project.iterable.users.size]).toEqual([0, 3]);
    expect(await project.names("state")).toEqual([]);
    await project.run("sync");
    expect(held(project)).toEqual(contents());
  });

  test("with a limit that is not reached is a sync like any other", async () => {
    project = await onStage(50);
    expect((await project.run("sync", "--limit", "1000")).code).toBe(0);
    expect(held(project)).toEqual(contents());
    await project.run("sync");
    expect(await recordsRead(2)).toBe(0);
  });

  test("with --full sends everything again", async () => {
    project = await onStage(100);
    await project.run("sync");
    const sent = await recordsRead(1);
    expect((await project.run("sync", "--full")).code).toBe(0);
    expect(await recordsRead(2)).toBe(sent);
    await project.run("sync");
    expect(await recordsRead(3)).toBe(0);
  });

  test("with --dry-run sends nothing, logs nothing and says what would be sent", async () => {
    project = await onStage(100);
    const { code, stdout } = await project.run("sync", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Dry run, nothing is sent\. \d+ contacts would be, from the beginning\./);
    expect(stdout).toMatch(/^Shirt Size +\d+ of \d+ +Shirt Size +(sent as it is|\d+ of \d+ changed to fit)/m);
    expect([project.iterable.users.size, project.iterable.journal.count(BULK)]).toEqual([0, 0]);
    expect([await project.names("runs"), await project.names("state"), await project.names("work")]).toEqual([
      [],
      [],
      [],
    ]);
    const { messages } = await project.run("sync", "--dry-run", "--json", "--limit", "5");
    expect(messages[0]).toMatchObject({ would_send: 5, problems: [], contacts: [{ read: 5 }] });
  });

  test("with --dry-run says of each field how many values would be lost, and what would mend it", async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const born = (birthday: string, place: number) => ({
      user: { email: `p${place}@example.com`, birthday },
      firstConvertedAt: at,
      lastConvertedAt: at,
    });
    project = await setProject(
      [..."123"].map((day, place) => born(`2${day}.05.1990`, place)).concat(born("1990-05-17", 9)),
      {
        iterable: { fields: CUSTOM_FIELDS },
      },
    );
    const { stdout } = await project.run("sync", "--dry-run");
    expect(stdout).toMatch(
      /birthday +4 of 4 +birthday +3 of 4 left out, such as 99\.99\.9999: .*transform date.*; the others are sent/,
    );
    expect(stdout).toContain("Of 4 contacts: 4 sent + 0 kept + 0 rejected.");
    const { messages } = await project.run("sync", "--dry-run", "--json");
    expect(messages[0]?.fields.find(({ target }: { target: string }) => target === "birthday")).toMatchObject(
      {
        contacts: 4,
        values: {
          filled: 4,
          sent: 1,
          left_out: 3,
          reasons: [{ reason: "not_a_date", count: 3, shape: "99.99.9999" }],
        },
      },
    );
  });

  test("with --dry-run says what cannot work", async () => {
    project = await onStage(20);
    const field_mapping = ["name", "phone"].map((source) => ({ source, target: "Shirt Size" }));
    await project.settings({ destination: { field_mapping } });
    const { code, stdout, stderr } = await project.run("sync", "--dry-run");
    expect([code, `${stdout}${stderr}`]).toEqual([1, expect.stringContaining("Shirt Size")]);
  });

  test("with --dry-run names the nearest field to one that the form may not have", async () => {
    project = await onStage(20);
    const field_mapping = [{ source: "Shirt Sise", target: "Shirt Size" }];
    await project.settings({ destination: { field_mapping } });
    const { code, stdout, stderr } = await project.run("sync", "--dry-run");
    expect([code, `${stdout}${stderr}`]).toEqual([
      0,
      expect.stringMatching(/Shirt Sise +0 of 20 .*did you mean "Shirt Size"\?/),
    ]);
  });
});

describe("a state", () => {
  test("that is damaged stops the sync, which names the command that goes back to the last good one", async () => {
    project = await onStage(100);
    await project.run("sync");
    await project.run("sync");
    await writeFile(
      `${project.folder}/state/2.json`,
      (await project.text("state/2.json")).replace("since", "sinse"),
    );
    const stopped = await project.run("sync");
    expect(stopped.code).toBe(2);
    const [, command] = /main\.js (sync --project .*)$/m.exec(stopped.stdout) ?? [];
    expect(command).toBe(`sync --project ${project.folder} --from-state 1`);
    expect((await project.run("status")).stdout).toContain("The state of run 2 is damaged");
    expect((await project.run("sync", "--from-state", "1")).code).toBe(0);
    expect((await project.run("sync")).code).toBe(0);
    expect(held(project)).toEqual(contents());
  });

  test("without a good one before it, everything can be sent again", async () => {
    project = await onStage(30);
    await project.run("sync");
    await writeFile(`${project.folder}/state/1.json`, "");
    expect((await project.run("sync")).stdout).toContain("--full");
    expect((await project.run("sync", "--full")).code).toBe(0);
  });

  test("is kept as often as the settings say", async () => {
    project = await onStage(20);
    await project.settings({ keep: { states: 2 } });
    for (let run = 1; run <= 4; run += 1) await project.run("sync");
    expect((await project.names("state")).sort()).toEqual(["3.json", "4.json"]);
  });
});

test.each([
  [["sync", "--limit", "none"], /--limit/],
  [["sync", "--every", "5s"], /--every/],
  [["sync", "--cron", "61 * * * *"], /cron expression/],
  [["sync", "--cron", "0 6 * * *", "--time-zone", "Mars/Olympus"], /time zone/],
  [["sync", "--scheduled"], /no schedule/],
  [["sync", "--full", "--every", "30m"], /mutually exclusive/],
  [["sync", "--from-state", "7"], /no state of run 7/],
  [["snyc"], /sync/],
  [["logs", "99"], /no run 99/],
])("%j is refused with an explanation", async (args, words) => {
  project = await setProject();
  const { code, stdout, stderr } = await project.run(...args);
  expect(code).toBe(2);
  expect(`${stdout}${stderr}`).toMatch(words);
});

test.each([
  ["{", /not valid JSON/],
  ['{"version": 2}', /version/],
  ['{"version": 1, "shedule": {}}', /shedule/],
  ['{"version": 1, "schedule": {"every": "now"}}', /30m/],
])("settings such as %j are refused with an explanation", async (text, words) => {
  project = await setProject();
  await writeFile(`${project.folder}/flowcode-iterable.json`, text);
  const { code, stderr } = await project.run("sync");
  expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
});
