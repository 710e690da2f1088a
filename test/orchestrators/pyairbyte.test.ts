import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { generatePeople } from "../../simulators/people.js";
import { ROOT } from "../architecture/files.js";
import { ended, onPath } from "../process.js";
import { type Settings, type Stage, setStage } from "../stage.js";
import { executable } from "./environments.js";

const LIST = "/abacus.v1.AbacusService/ListContacts";
const BULK = "/api/users/bulkUpdate";
type Step = "check" | "streams" | "read" | "write" | "write cached";

let stage: Stage;
beforeEach(async () => {
  const people = generatePeople(120, { seed: 6, endMs: Date.now() - 3_600_000 });
  stage = await setStage(people, {
    flowcode: { pageSize: 50 },
    iterable: { fields: { shirtSize: "string", phoneNumber: "string" } },
  });
});
afterEach(() => stage.close());

/** What PyAirbyte's user gets for each step. */
async function pyairbyte(
  steps: readonly Step[],
  more: { readonly source?: Settings; readonly destination?: Settings } = {},
) {
  const bin = stage.path("bin");
  await onPath(bin, {
    "source-flowcode": "source-flowcode/main.js",
    "destination-iterable": "destination-iterable/main.js",
  });
  const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
  const job = {
    source: join(bin, "source-flowcode"),
    destination: join(bin, "destination-iterable"),
    source_config: {
      org_id: orgId,
      workspace_id: workspaceId,
      credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
      requests_per_second: 50,
      advanced: { api_base_url: stage.flowcode.url, auth_base_url: stage.flowcode.url },
      ...more.source,
    },
    destination_config: {
      api_key: SERVER_SIDE_KEY,
      advanced: { base_url: stage.iterable.url },
      ...more.destination,
    },
    cache: stage.path("cache.duckdb"),
    cache_dir: stage.path("cache"),
    steps,
  };
  const file = await stage.write("job.json", job);
  const script = join(ROOT, "test", "orchestrators", "pyairbyte", "sync.py");
  const python = spawn(executable("pyairbyte", "python"), [script, file], {
    cwd: stage.path(""),
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: stage.path(""),
      AIRBYTE_OFFLINE_MODE: "1",
      DO_NOT_TRACK: "1",
      NO_COLOR: "1",
    },
  });
  python.stdin.end();
  const { stdout, stderr, code } = await ended(python);
  const result = stdout.split("\n").find((line) => line.startsWith("RESULT "));
  if (!result) throw new Error(`PyAirbyte ended with ${code}:\n${stdout}\n${stderr}`);
  return { done: JSON.parse(result.slice("RESULT ".length)), told: stdout + stderr };
}

const emailsOf = (rows: Stage["flowcode"]["rows"]) =>
  [
    ...new Set(
      rows.map(({ user }) =>
        String(user.email ?? "")
          .trim()
          .toLowerCase(),
      ),
    ),
  ]
    .filter((email) => /^[^@\s]+@[^@\s]+\.[a-z]{2,}$/.test(email))
    .sort();
const arrived = () => [...stage.iterable.users.keys()].sort();
const addOne = (email: string) => {
  const at = new Date().toISOString();
  stage.flowcode.add([{ user: { email }, firstConvertedAt: at, lastConvertedAt: at }]);
};

test("checks both connectors and lists the streams", async () => {
  const { done } = await pyairbyte(["check", "streams"]);
  expect(done).toEqual([{ source: "SUCCEEDED", destination: "SUCCEEDED" }, ["contacts", "flows"]]);
});

test("tells its user what is wrong with the settings, in our words, without a secret", async () => {
  const wrong = { auth_type: "api_client", client_id: "nobody", client_secret: "s3cret-value" };
  const { done, told } = await pyairbyte(["check", "write"], {
    source: { credentials: wrong },
    destination: { api_key: "1".repeat(32) },
  });
  expect(done[0].source).toMatch(/Flowcode refused/);
  expect(done[0].destination).toMatch(/Server-side/);
  expect(done[1].error).toMatch(/Airbyte/);
  expect(told).not.toMatch(/s3cret-value|1{32}/);
});

test("reads into its cache, and the second time only what is new", async () => {
  const first = await pyairbyte(["read"]);
  expect(first.done[0].emails.length).toBeGreaterThan(50);
  const requests = stage.flowcode.journal.count(LIST);
  addOne("new@example.com");
  const second = await pyairbyte(["read"]);
  expect(second.done[0].processed).toBe(1);
  expect(second.done[0].emails).toContain("new@example.com");
  expect(stage.flowcode.journal.count(LIST) - requests).toBeLessThan(requests);
});

test("brings contacts into Iterable, and the second time only what is new", async () => {
  const first = await pyairbyte(["write"]);
  expect({ first: first.done, arrived: arrived() }).toEqual({
    first: [{ processed: expect.any(Number) }],
    arrived: emailsOf(stage.flowcode.rows),
  });
  const before = stage.iterable.journal.count(BULK);
  addOne("new@example.com");
  const second = await pyairbyte(["write"]);
  expect(second.done[0].processed).toBe(1);
  expect(arrived()).toEqual(emailsOf(stage.flowcode.rows));
  expect(stage.iterable.journal.count(BULK) - before).toBe(1);
});

test("brings contacts into Iterable out of its cache, although that renames their fields", async () => {
  const at = new Date(Date.now() - 1000).toISOString();
  const user = { email: "size@example.com", "Shirt Size": "XL", phone: "+14155550123" };
  stage.flowcode.add([{ user, firstConvertedAt: at, lastConvertedAt: at }]);
  const field_mapping = [
    { source: "Shirt Size", target: "shirtSize" },
    { source: "phone", target: "phoneNumber" },
  ];
  await pyairbyte(["write cached"], { destination: { field_mapping } });
  expect(arrived()).toEqual(emailsOf(stage.flowcode.rows));
  expect(stage.iterable.users.get("size@example.com")?.dataFields).toMatchObject({
    shirtSize: "XL",
    phoneNumber: "+14155550123",
  });

  // The second read is incremental; PyAirbyte then writes its whole cache again, which changes nobody.
  const requests = stage.flowcode.journal.count(LIST);
  addOne("new@example.com");
  await pyairbyte(["write cached"], { destination: { field_mapping } });
  expect(stage.flowcode.journal.count(LIST) - requests).toBeLessThan(requests);
  expect(arrived()).toEqual(emailsOf(stage.flowcode.rows));
});

test("a destination that fails makes the write fail, and nothing is taken for written", async () => {
  const { done, told } = await pyairbyte(["write"], { destination: { api_key: "1".repeat(32) } });
  expect(done[0].error).toMatch(/Airbyte/);
  expect(told).toMatch(/Server-side/);
  const again = await pyairbyte(["write"]);
  expect({ processed: again.done[0].processed > 50, arrived: arrived() }).toEqual({
    processed: true,
    arrived: emailsOf(stage.flowcode.rows),
  });
});
