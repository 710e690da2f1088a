import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { errorsIn } from "../messages.js";
import { ended, printed } from "../process.js";
import { DIALECTS, type Dialect, type Settings, type Stage, setStage } from "../stage.js";

const LIST = "/abacus.v1.AbacusService/ListContacts";
const EXCHANGE = "/identity/resources/auth/v1/api-token";
let stage: Stage;
afterEach(() => stage.close());

const people = (count: number) => generatePeople(count, { seed: 3, endMs: Date.now() - 3_600_000 });
const keysIn = (lines: readonly string[], dialect: Dialect): string[] =>
  lines
    .filter((line) => line.startsWith('{"type":"RECORD"'))
    .map((line) => JSON.parse(line))
    .map((message) => (dialect === "singer" ? message.record : message.record.data).contact_key);
const answered = () =>
  stage.flowcode.rows.filter(({ user }) => Object.values(user).some((answer) => answer !== "")).length;

describe.each(DIALECTS)("read in %s", (dialect) => {
  test("every contact comes out once, in spite of tokens that live two seconds and errors on the way", async () => {
    stage = await setStage(people(1000), { flowcode: { pageSize: 100, tokenSeconds: 2, latencyMs: 300 } });
    stage.flowcode.faults.script(
      { path: LIST, from: 3, action: { kind: "html", status: 502 } },
      { path: LIST, from: 6, action: { kind: "truncated" } },
      { path: LIST, from: 9, action: { kind: "reset" } },
    );
    const { code, lines, messages } = await stage.source("read", { dialect });
    expect({ code, errors: errorsIn(messages) }).toEqual({ code: 0, errors: [] });
    expect(keysIn(lines, dialect)).toHaveLength(answered());
    expect(stage.flowcode.journal.count(EXCHANGE)).toBeGreaterThan(1);
    const kinds = lines.map((line) => JSON.parse(line).type).filter((type) => type !== "LOG");
    expect(kinds.findLast((type) => type !== "TRACE")).toBe("STATE");
  });

  test("killed in the middle of a pass, the next run goes on from the last state that was printed", async () => {
    stage = await setStage(people(1000), { flowcode: { pageSize: 50, latencyMs: 20 } });
    const child = await stage.startSource("read", { dialect });
    const end = ended(child);
    await printed(child, '"pass":{"');
    child.kill("SIGKILL");
    const first = await end;
    const whole = first.lines.filter((line) => line.endsWith("}"));
    const lastState = whole.findLastIndex((line) => line.includes('"type":"STATE"'));
    const safe = whole.slice(0, lastState + 1);

    const state =
      dialect === "singer"
        ? `${JSON.stringify(JSON.parse(safe.at(-1) as string).value)}\n`
        : `${safe.at(-1)}\n`;
    const second = await stage.source("read", { dialect, state });
    expect(second.code).toBe(0);
    expect(keysIn(safe, dialect).length).toBeGreaterThan(0);
    expect([...keysIn(safe, dialect), ...keysIn(second.lines, dialect)]).toHaveLength(answered());
  });

  test("a second run with the state of the first reads nothing again but what is new", async () => {
    stage = await setStage(people(200));
    const first = await stage.source("read", { dialect });
    const at = new Date().toISOString();
    stage.flowcode.add([{ user: { email: "new@example.com" }, firstConvertedAt: at, lastConvertedAt: at }]);
    const last = first.lines.findLast((line) => line.includes('"type":"STATE"')) as string;
    const state = dialect === "singer" ? JSON.stringify(JSON.parse(last).value) : last;
    const second = await stage.source("read", { dialect, state: `${state}\n` });
    expect(keysIn(second.lines, dialect)).toEqual(["new@example.com"]);
  });

  test("ends quietly when its reader goes away", async () => {
    stage = await setStage(people(2000), { flowcode: { pageSize: 100 } });
    const child = await stage.startSource("read", { dialect });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const code = new Promise((resolve) => child.on("exit", resolve));
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await code).not.toBeNull();
    expect(stderr).not.toMatch(/EPIPE|at .*\.js/);
  });
});

test("discover lists the standard and the custom fields, with the types seen, each of which may be null", async () => {
  stage = await setStage(people(300));
  const { code, messages } = await stage.source("discover");
  expect(code).toBe(0);
  const { streams } = messages.find(({ type }) => type === "CATALOG")?.catalog ?? {};
  const contacts = streams.find(({ name }: { name: string }) => name === "contacts");
  expect(contacts).toMatchObject({
    source_defined_cursor: true,
    default_cursor_field: ["lastConvertedAt"],
    source_defined_primary_key: [["contact_key"]],
    supported_sync_modes: ["full_refresh", "incremental"],
  });
  const { properties, additionalProperties } = contacts?.json_schema ?? { properties: {} };
  expect(additionalProperties).toBe(true);
  expect(properties).toMatchObject({
    email: {},
    name: {},
    phone: {},
    "Shirt Size": {},
    conversion_flowId: {},
  });
  for (const [field, schema] of Object.entries(properties)) {
    if (field !== "contact_key")
      expect([field, (schema as { type: string[] }).type]).toEqual([field, expect.arrayContaining(["null"])]);
  }
});

describe("check is FAILED with exit 0 and says what to do", () => {
  test.each<[string, Settings, RegExp]>([
    [
      "a wrong secret",
      {
        credentials: {
          auth_type: "api_client",
          client_id: "3f1c2a58-0000-4000-8000-000000000001",
          client_secret: "wrong-secret",
        },
      },
      /client_secret/,
    ],
    ["a workspace that is not there", { workspace_id: "other" }, /workspace/],
    ["another organisation", { org_id: "other" }, /org/],
    ["a host that nobody answers at", { advanced: { api_base_url: "http://127.0.0.1:9" } }, /127\.0\.0\.1:9/],
    ["no credentials", { credentials: undefined }, /credentials/],
  ])("%s", async (_, settings, remedy) => {
    stage = await setStage(people(5));
    const { code, messages, stdout, stderr } = await stage.source("check", { settings });
    const { status, message } =
      messages.find(({ type }) => type === "CONNECTION_STATUS")?.connectionStatus ?? {};
    expect({ code, status }).toEqual({ code: 0, status: "FAILED" });
    expect(message).toMatch(remedy);
    expect(stdout + stderr).not.toContain("wrong-secret");
  });

  test("unless everything is in order", async () => {
    stage = await setStage(people(5));
    const { code, messages } = await stage.source("check");
    expect(code).toBe(0);
    expect(messages).toMatchObject([{ connectionStatus: { status: "SUCCEEDED" } }]);
  });
});
