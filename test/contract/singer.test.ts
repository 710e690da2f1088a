import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { compiled, runNode } from "../process.js";
import { type Stage, setStage } from "../stage.js";

let stage: Stage;
afterEach(() => stage?.close());

const people = (count: number) => generatePeople(count, { seed: 5, endMs: Date.now() - 3_600_000 });
const METRIC = /^INFO METRIC: (.+)$/;
const metricsIn = (stderr: string) =>
  stderr.split("\n").flatMap((line) => {
    const point = METRIC.exec(line)?.[1];
    return point === undefined ? [] : [JSON.parse(point)];
  });

describe("tap-flowcode", () => {
  test("declares a stream before its records, and says at both ends which stream is being read", async () => {
    stage = await setStage(people(5));
    const { code, messages } = await stage.source("read", { dialect: "singer" });
    expect(code).toBe(0);
    const [first, ...others] = messages.filter(({ type }) => type !== "RECORD");
    expect(first).toMatchObject({
      type: "SCHEMA",
      stream: "contacts",
      key_properties: ["contact_key"],
      bookmark_properties: ["lastConvertedAt"],
    });
    expect(others.map(({ type }) => type)).toEqual(others.map(() => "STATE"));
    expect(others[0]?.value.currently_syncing).toBe("contacts");
    expect(others.at(-1)?.value).toMatchObject({
      bookmarks: { contacts: { pass: null } },
      currently_syncing: null,
    });
    const records = messages.filter(({ type }) => type === "RECORD");
    expect(records.length).toBeGreaterThan(0);
    for (const { time_extracted: at } of records) expect(new Date(at).toISOString()).toBe(at);
  });

  test("prints a state although there is nobody to read", async () => {
    stage = await setStage([]);
    const { messages } = await stage.source("read", { dialect: "singer" });
    expect(messages.filter(({ type }) => type === "STATE").length).toBeGreaterThan(0);
  });

  test.each([
    ["selected by a boolean", true, ["contacts"]],
    ["selected by a text", "true", ["contacts"]],
    ["left out by a text", "false", []],
  ])("reads a stream that is %s", async (_what, selected, expected) => {
    stage = await setStage(people(3));
    const discovered = await stage.source("discover", { dialect: "singer" });
    const catalog = JSON.parse(discovered.stdout);
    const [contacts, flows] = catalog.streams;
    contacts.metadata[0].metadata.selected = selected;
    flows.metadata[0].metadata.selected = false;
    const { messages } = await stage.source("read", { dialect: "singer", catalog });
    expect([...new Set(messages.flatMap(({ stream }) => stream ?? []))]).toEqual(expected);
  });

  test.each([
    ["--test", ["SCHEMA", "RECORD"]],
    ["--test=all", ["SCHEMA", "RECORD"]],
    ["--test=schema", ["SCHEMA"]],
  ])("with %s prints one of each for every stream that has any, and no state", async (option, expected) => {
    stage = await setStage(people(50));
    const { code, messages } = await stage.source("read", { dialect: "singer", args: [option] });
    expect(code).toBe(0);
    expect(messages.map(({ type }) => type)).toEqual(expected);
  });

  test("counts its records and its requests in METRIC lines, of which it prints nothing on stdout", async () => {
    stage = await setStage(people(50), { flowcode: { pageSize: 10 } });
    stage.flowcode.faults.script({
      path: "/abacus.v1.AbacusService/ListContacts",
      from: 2,
      action: { kind: "html", status: 502 },
    });
    const { lines, stderr } = await stage.source("read", { dialect: "singer" });
    const points = metricsIn(stderr);
    const records = lines.filter((line) => line.startsWith('{"type":"RECORD"')).length;
    const sum = (tags: object, metric = "") =>
      points
        .filter((point) => point.metric.startsWith(metric))
        .filter((point) => Object.entries(tags).every(([tag, value]) => point.tags[tag] === value))
        .reduce((total, { value }) => total + value, 0);
    expect(sum({ stream: "contacts" }, "record_count")).toBe(records);
    expect(sum({ http_status_code: "502", status: "failed" })).toBe(1);
    expect(sum({ status: "succeeded" })).toBeGreaterThanOrEqual(5);
    for (const { tags } of points) expect(Object.values(tags).join("")).toMatch(/^[\w-]+$/);
    expect(lines.join("")).not.toContain("METRIC");
  });

  test("says why it failed on a line that begins with CRITICAL, without a secret", async () => {
    stage = await setStage(people(3));
    const credentials = { auth_type: "api_client", client_id: "nobody", client_secret: "s3cret-value" };
    const { code, stderr, stdout } = await stage.source("read", {
      dialect: "singer",
      settings: { credentials },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^CRITICAL Flowcode refused/m);
    expect(stderr + stdout).not.toContain("s3cret-value");
  });

  test("logs objects where that is asked for, each line one", async () => {
    stage = await setStage(people(3));
    const env = { TAP_FLOWCODE_LOG_FORMAT: "json" };
    const { stderr } = await stage.source("read", { dialect: "singer", env });
    const logged = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const required = [
      "level",
      "pid",
      "logger_name",
      "ts",
      "thread_name",
      "app_name",
      "stream_name",
      "message",
    ];
    for (const line of logged) expect(Object.keys(line)).toEqual(expect.arrayContaining(required));
    expect(logged.map(({ metric_info }) => metric_info?.metric)).toContain("record_count");
  });

  test.each([["TAP_FLOWCODE_LOGLEVEL"], ["LOGLEVEL"]])("says less where %s asks for less", async (name) => {
    stage = await setStage(people(3));
    const { stderr, code } = await stage.source("read", { dialect: "singer", env: { [name]: "warning" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(/^INFO/m) });
  });
});

describe("target-iterable", () => {
  const say = (...messages: object[]) => messages.map((message) => `${JSON.stringify(message)}\n`).join("");
  const schema = (more: object = {}) => ({
    type: "SCHEMA",
    stream: "people",
    schema: { properties: { email: { type: "string" }, size: { type: ["string", "null"] } } },
    key_properties: ["email"],
    ...more,
  });
  const record = (email: string, more: object = {}) => ({
    type: "RECORD",
    stream: "people",
    record: { email },
    ...more,
  });
  const state = (value: unknown) => ({ type: "STATE", value });
  const write = (...messages: object[]) =>
    stage.destination("write", { dialect: "singer", input: say(...messages) });
  const emails = () => [...stage.iterable.users.keys()].sort();

  test("prints the bare values of states, each once its records are settled, and nothing else", async () => {
    stage = await setStage();
    const { code, lines } = await write(
      schema(),
      record("a@example.com"),
      state({ bookmarks: { people: 1 } }),
      record("b@example.com"),
      state({ bookmarks: { people: 2 } }),
    );
    expect({ code, lines, emails: emails() }).toEqual({
      code: 0,
      lines: ['{"bookmarks":{"people":1}}', '{"bookmarks":{"people":2}}'],
      emails: ["a@example.com", "b@example.com"],
    });
  });

  test("never prints an empty state, which would wipe what is saved", async () => {
    stage = await setStage();
    const { code, stdout } = await write(schema(), record("a@example.com"), state({}), state(null));
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });

  test("takes types in any letter case", async () => {
    stage = await setStage();
    const { code } = await write(
      { ...schema(), type: "schema" },
      { ...record("a@example.com"), type: "Record" },
      { ...state({ at: 1 }), type: "state" },
    );
    expect({ code, emails: emails() }).toEqual({ code: 0, emails: ["a@example.com"] });
  });

  test.each([
    ["a record of a stream that was not declared", record("a@example.com"), /line 1.*people.*SCHEMA/s],
    ["a schema without properties to map", { ...schema(), schema: "none" }, /line 1/],
    ["a batch, which points at files", { type: "BATCH", stream: "people", manifest: [] }, /line 1.*BATCH/],
  ])("refuses %s, naming the line", async (_what, message, explanation) => {
    stage = await setStage();
    const { code, stderr, stdout } = await write(message, state({ at: 1 }));
    expect({ code, stdout, emails: emails() }).toEqual({ code: 1, stdout: "", emails: [] });
    expect(stderr).toMatch(/^CRITICAL /m);
    expect(stderr).toMatch(explanation);
  });

  test("deletes nobody for ACTIVATE_VERSION, and passes over types that it does not know, with one warning each", async () => {
    stage = await setStage();
    const version = { type: "ACTIVATE_VERSION", stream: "people", version: 1 };
    const { code, stderr, lines } = await write(
      schema(),
      record("a@example.com", { version: 1 }),
      version,
      version,
      { type: "WEATHER" },
      state({ at: 1 }),
    );
    expect({ code, lines, emails: emails() }).toEqual({
      code: 0,
      lines: ['{"at":1}'],
      emails: ["a@example.com"],
    });
    expect(stderr.match(/^WARNING .*ACTIVATE_VERSION/gm)).toHaveLength(1);
    expect(stderr.match(/^WARNING .*WEATHER/gm)).toHaveLength(1);
  });

  test("goes on with a stream that is declared again, with other keys and fields", async () => {
    stage = await setStage();
    const wider = { properties: { email: { type: "string" }, phone: { type: "string" } } };
    const { code, lines } = await write(
      schema(),
      record("a@example.com"),
      schema(),
      record("b@example.com"),
      schema({ key_properties: ["email", "phone"], schema: wider }),
      record("c@example.com", { record: { email: "c@example.com", phone: "+14155550123" } }),
      state({ at: 3 }),
    );
    expect({ code, lines }).toEqual({ code: 0, lines: ['{"at":3}'] });
    expect(emails()).toEqual(["a@example.com", "b@example.com", "c@example.com"]);
    expect(stage.iterable.users.get("c@example.com")?.dataFields.phoneNumber).toBe("+14155550123");
  });

  const trial = [
    schema({ stream: "meltano_test_stream", schema: { properties: { id: { type: "integer" } } } }),
    { type: "RECORD", stream: "meltano_test_stream", record: { id: 1, name: "Meltano Test Record" } },
    state({ bookmarks: { meltano_test_stream: { last_record: 1 } } }),
  ];

  test("passes the trial of `meltano config test` without writing anything, or any word that fails it", async () => {
    stage = await setStage();
    const { code, stdout, stderr } = await write(...trial);
    expect({ code, stdout, emails: emails() }).toEqual({
      code: 0,
      stdout: '{"bookmarks":{"meltano_test_stream":{"last_record":1}}}\n',
      emails: [],
    });
    expect(stderr).not.toMatch(/error|exception/i);
    expect(stage.iterable.journal.count("/api/users/bulkUpdate")).toBe(0);
  });

  test("fails that trial with a key that may not write, and prints no state", async () => {
    stage = await setStage();
    const { code, stdout, stderr } = await stage.destination("write", {
      dialect: "singer",
      settings: { api_key: "1".repeat(32) },
      input: say(...trial),
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^CRITICAL .*Server-side/m);
  });

  test("counts records and requests in METRIC lines", async () => {
    stage = await setStage();
    const { stderr } = await write(schema(), record("a@example.com"), record("b@example.com"));
    const points = metricsIn(stderr);
    expect(points).toContainEqual(
      expect.objectContaining({ metric: "record_count", value: 2, tags: { stream: "people" } }),
    );
    expect(points.map(({ tags }) => tags.endpoint)).toContain("POST_api_users_bulkUpdate");
  });

  test("tells of a look-up without whom it was for", async () => {
    stage = await setStage([], { iterable: { identifier: "user_id", visibilityMs: 0 } });
    const { code, stderr } = await stage.destination("write", {
      dialect: "singer",
      settings: { identifier: "user_id", overwrite_mode: "keep_existing" },
      input: say(
        { ...schema(), schema: { properties: { userId: { type: "string" } } }, key_properties: ["userId"] },
        { type: "RECORD", stream: "people", record: { userId: "someone-4711" } },
      ),
    });
    expect(code).toBe(0);
    expect(stderr).toContain("GET /api/users/byUserId 2");
    expect(stderr).not.toContain("4711");
  });
});

describe.each([
  ["tap-flowcode", "source-flowcode/main.js", ["discover", "catalog", "state"]],
  ["target-iterable", "destination-iterable/main.js", ["about"]],
])("%s --about", (name, program, capabilities) => {
  test("names its capabilities and settings for programs", async () => {
    const { stdout } = await runNode(compiled(program), ["--about", "--format", "json"]);
    const about = JSON.parse(stdout);
    expect(about).toMatchObject({ name, settings: { type: "object" } });
    expect(about.capabilities).toEqual(expect.arrayContaining(capabilities));
  });

  test("is a page with every setting for people", async () => {
    const { stdout } = await runNode(compiled(program), ["--about", "--format", "markdown"]);
    expect(stdout).toMatch(new RegExp(`^# .*${name}`, "m"));
  });
});
