import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CUSTOM_FIELDS, expect as promised } from "../../simulators/expectation.js";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { ended } from "../process.js";
import { held, type Project, setProject, until } from "../sync/project.js";
import { type Home, setHome } from "./home.js";
import { SCHEDULERS } from "./scheduler.js";

const LIST = "/abacus.v1.AbacusService/ListContacts";
const BULK = "/api/users/bulkUpdate";
const WRONG_KEY = "fedcba9876543210fedcba9876543210";
/** How often the examples try: once, and three times more. */
const TRIES = 4;

/** Settings of a project: secrets come from elsewhere, and what fails does so at once. */
const WITHOUT_SECRETS = {
  source: { credentials: { auth_type: "api_client" }, advanced: { max_attempts: 1 } },
  destination: { api_key: undefined },
};

let project: Project;
beforeEach(async () => {
  project = await setProject(generatePeople(300, { seed: 8, endMs: Date.now() - 3_600_000 }), {
    flowcode: { pageSize: 50 },
    iterable: { fields: CUSTOM_FIELDS },
  });
  await project.settings(WITHOUT_SECRETS);
});
afterEach(() => project.close());

/** The environment of the scheduler: where the project is, and the secrets, as they are mounted. */
async function environment(key = SERVER_SIDE_KEY) {
  const { clientId, clientSecret } = project.flowcode.account;
  return {
    FLOWCODE_ITERABLE_PROJECT: project.folder,
    FLOWCODE_ITERABLE_RETRY_SECONDS: "1",
    FLOWCODE_CLIENT_ID: clientId,
    FLOWCODE_CLIENT_SECRET_FILE: await project.write("client-secret", `${clientSecret}\n`),
    ITERABLE_API_KEY_FILE: await project.write("api-key", `${key}\n`),
  };
}

const expected = () => {
  const { users } = promised(project.flowcode.rows, new Set(), () => false);
  return JSON.parse(JSON.stringify(Object.fromEntries(users)));
};
/** How the syncs of the project have ended, in their order. */
async function outcomes(): Promise<unknown[]> {
  const logs = (await project.names("runs")).filter((name) => name.endsWith(".jsonl"));
  return Promise.all(logs.map(async (_, index) => (await project.log(index + 1)).at(-1)?.outcome));
}

describe.each(SCHEDULERS)("the example for $name", (scheduler) => {
  let home: Home;
  beforeAll(async () => {
    home = await setHome(scheduler);
  });
  afterAll(() => home.remove());

  /** Runs the example once, and says what has come of it. */
  async function run(key?: string) {
    const { code, stdout, stderr } = await home.run(await environment(key));
    const printed = stdout + stderr;
    return { code, printed, verdict: scheduler.verdict(printed) };
  }

  test("brings every contact, and the next run only what is new", async () => {
    const first = await run();
    expect([first.verdict, first.code, held(project)], first.printed).toEqual(["succeeded", 0, expected()]);
    const requests = project.iterable.journal.count(BULK);
    const at = new Date().toISOString();
    project.flowcode.add([
      { user: { email: "new@example.com", name: "New Person" }, firstConvertedAt: at, lastConvertedAt: at },
    ]);
    const second = await run();
    expect([second.verdict, held(project)], second.printed).toEqual(["succeeded", expected()]);
    expect(project.iterable.journal.count(BULK) - requests).toBe(1);
    expect(second.printed).toContain("1 read = 1 delivered");
    const kept = await home.kept();
    expect(Object.keys(held(project)).filter((email) => kept.includes(email))).toEqual([]);
  });

  test("tries again after a failure that passes, and succeeds", async () => {
    project.flowcode.faults.script({ path: LIST, action: { kind: "html", status: 503 } });
    const { verdict, printed } = await run();
    expect([verdict, await outcomes()], printed).toEqual(["succeeded", ["failed", "succeeded"]]);
    expect(held(project)).toEqual(expected());
  });

  test("fails when a failure does not pass, after as many tries as it says", async () => {
    project.flowcode.faults.script({ path: LIST, times: 99, action: { kind: "html", status: 503 } });
    const { verdict, printed } = await run();
    expect([verdict, await outcomes()], printed).toEqual(["failed", Array(TRIES).fill("failed")]);
  });

  test("fails without another try when a key has to be corrected, says how, and keeps no secret", async () => {
    const { verdict, printed } = await run(WRONG_KEY);
    expect([verdict, await outcomes()], printed).toEqual(["failed", ["failed"]]);
    expect(printed).toMatch(/Server-side/);
    const kept = printed + (await home.kept());
    for (const secret of [WRONG_KEY, SERVER_SIDE_KEY, project.flowcode.account.clientSecret])
      expect(kept).not.toContain(secret);
  });

  test("is skipped while another sync of the project is under way", async () => {
    project.flowcode.faults.script({ path: LIST, action: { kind: "hang" } });
    const other = project.start(["sync"], await environment());
    const end = ended(other);
    await until(async () => (await project.names("runs")).includes("1.jsonl"));
    const { verdict, code, printed } = await run();
    expect([verdict, code, await project.names("runs")], printed).toEqual(["skipped", 0, ["1.jsonl"]]);
    other.kill("SIGTERM");
    await end;
  });

  test("stops the sync when it is stopped half-way, and nobody is missing after the next run", async () => {
    // Pages take their time, and requests are small: one is answered, and its state is safe, with pages still to come.
    project.flowcode.faults.script({ path: LIST, times: 99, action: { kind: "slow", ms: 500 } });
    await project.settings({
      source: WITHOUT_SECRETS.source,
      destination: { ...WITHOUT_SECRETS.destination, advanced: { batch_size: 50 } },
    });
    const child = home.start(await environment());
    const end = ended(child as Parameters<typeof ended>[0]);
    await project.iterable.journal.reached(BULK, 2);
    await home.stop(child);
    const { stdout, stderr } = await end;
    expect((await project.log(1)).at(-1), stdout + stderr).toMatchObject({ outcome: "stopped", state: true });
    const { verdict, printed } = await run();
    expect([verdict, Object.keys(held(project)).sort()], printed).toEqual([
      "succeeded",
      Object.keys(expected()).sort(),
    ]);
  });
});
