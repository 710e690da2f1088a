import { readdir, readFile, stat } from "node:fs/promises";
import { afterEach, describe, expect, test } from "vitest";
import { contacts, errorsIn, say, statesIn, status, toldBy } from "../messages.js";
import { ended, printed } from "../process.js";
import { DIALECTS, type Dialect, type Stage, setStage } from "../stage.js";

const BULK = "/api/users/bulkUpdate";
let stage: Stage;
afterEach(() => stage.close());

/** Records with a state after every `every`; the state's value is how many came before it. */
function inputOf(dialect: Dialect, count: number, every: number): string {
  const parts = [say.begin(dialect)];
  contacts(count).forEach((contact, index) => {
    parts.push(say.record(dialect, contact));
    if ((index + 1) % every === 0) parts.push(say.state(dialect, { read: index + 1 }));
  });
  return [...parts, say.end(dialect)].join("");
}
const readSoFar = (dialect: Dialect, value: { bookmarks?: unknown; read?: number }) =>
  dialect === "singer" ? (value.bookmarks as { contacts: { read: number } }).contacts.read : value.read;

describe.each(DIALECTS)("written in %s", (dialect) => {
  test("every contact arrives, and the states come back in order and account for all of them", async () => {
    stage = await setStage([], { iterable: { strict: true } });
    const { code, lines, messages } = await stage.destination("write", {
      dialect,
      input: inputOf(dialect, 2500, 500),
    });
    expect({ code, errors: errorsIn(messages) }).toEqual({ code: 0, errors: [] });
    expect(stage.iterable.users.size).toBe(2500);
    expect(stage.iterable.users.get("person7@example.com")?.dataFields).toEqual({
      firstName: "Person",
      lastName: "7",
    });
    const states = statesIn(lines, dialect);
    const positions = states.map(({ value }) => readSoFar(dialect, value));
    expect(positions).toEqual([...positions].sort((a, b) => Number(a) - Number(b)));
    expect(positions.at(-1)).toBe(2500);
    if (dialect === "airbyte") {
      expect(positions).toEqual([500, 1000, 1500, 2000, 2500]);
      for (const { counts } of states) expect(counts).toEqual({ recordCount: 500, rejectedRecordCount: 0 });
    }
    expect(stage.iterable.journal.count(BULK, 429)).toBe(0);
    expect(stage.iterable.collisions).toEqual([]);
  });

  test("a state comes out while the input is still open", async () => {
    stage = await setStage();
    const child = await stage.startDestination("write", {
      dialect,
      settings: { advanced: { batch_size: 10 } },
    });
    const end = ended(child);
    child.stdin.write(inputOf(dialect, 20, 20).replace(say.end(dialect) || "\u0000", ""));
    await printed(child, '"read":20');
    expect(stage.iterable.users.size).toBe(20);
    child.stdin.end(say.end(dialect));
    expect((await end).code).toBe(0);
  });

  test("SIGTERM lets go of the states that are safe, and of no other", async () => {
    stage = await setStage();
    const child = await stage.startDestination("write", {
      dialect,
      settings: { advanced: { batch_size: 10 } },
    });
    const end = ended(child);
    child.stdin.write(`${say.begin(dialect)}${say.records(dialect, contacts(10))}`);
    child.stdin.write(say.state(dialect, { read: 10 }));
    await printed(child, '"read":10');
    child.stdin.write(say.records(dialect, contacts(5, 10)));
    child.stdin.write(say.state(dialect, { read: 15 }));
    child.kill("SIGTERM");
    const { signal, lines } = await end;
    expect(signal).toBe("SIGTERM");
    for (const { value } of statesIn(lines, dialect)) {
      expect(stage.iterable.users.size).toBeGreaterThanOrEqual(Number(readSoFar(dialect, value)));
    }
  });

  test("a rejected contact is on disk as it came, with the reason, before the state that covers it", async () => {
    stage = await setStage([], {
      iterable: { forgotten: ["person2@example.com"] },
    });
    const [first, , , ...rest] = contacts(5);
    const bad = { contact_key: "x", email: "two@@example.com", name: "Nobody", big: 1 };
    const settings = { rejected_records: { storage: "file", path: stage.path("rejects") } };
    const records = [first, bad, ...contacts(1, 2), ...rest].map((one) => say.record(dialect, one as object));
    const child = await stage.startDestination("write", {
      dialect,
      settings: { ...settings, advanced: { batch_size: 1 } },
    });
    const end = ended(child);
    child.stdin.write(`${say.begin(dialect)}${records.join("")}${say.state(dialect, { read: 5 })}`);
    await printed(child, '"read":5');
    const [name] = await readdir(stage.path("rejects"));
    const file = stage.path(`rejects/${name}`);
    const rows = (await readFile(file, "utf8")).trimEnd().split("\n");
    child.stdin.end(say.end(dialect));
    expect((await end).code).toBe(0);

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(name).toMatch(/^[\dTZ-]+-[\da-f]{8}\.jsonl$/);
    // The forgotten contact leaves no record behind.
    expect(rows).toHaveLength(1);
    const row = JSON.parse(rows[0] as string);
    expect(row.rejection).toMatchObject({
      line: 3,
      stage: "mapping",
      field: "email",
      reason: "invalid_email",
    });
    delete row.rejection;
    expect(row).toEqual(JSON.parse(say.record(dialect, bad)));
  });

  test("one log line per rejected contact names it by its line and a hash, and no one can tell who it is", async () => {
    stage = await setStage();
    const input = [
      say.begin(dialect),
      say.record(dialect, { contact_key: "k", email: "secret@@example.com", name: "Secret Person" }),
      ...contacts(3).map((one) => say.record(dialect, one)),
      say.state(dialect, { read: 4 }),
      say.end(dialect),
    ].join("");
    const ended = await stage.destination("write", { dialect, input });
    expect(ended.code).toBe(0);
    const told = toldBy(ended);
    expect(told).toMatch(/line 2\b.*invalid_email|invalid_email.*line 2\b/);
    expect(told).toMatch(/[0-9a-f]{12}/);
    for (const secret of ["secret", "Secret Person"]) expect(told).not.toContain(secret);
  });

  test.each([
    ["the first 100 contacts", 100, 300, {}],
    ["all of an input of 20", 20, 20, {}],
    ["more than the percentage allows", 40, 150, { max_rejected_percent: 20 }],
  ])(
    "a mapping that rejects %s fails the run, and no state that covers them is released",
    async (_, bad, all, more) => {
      stage = await setStage();
      const settings = { ...more, field_mapping: [{ source: "name", target: "firstName", required: true }] };
      const wrong = contacts(bad).map((contact) => ({ ...contact, name: "" }));
      // The sound ones first, where the percentage alone is to speak.
      const mixed =
        bad === all || bad === 100
          ? [...wrong, ...contacts(all - bad, bad)]
          : [...contacts(all - bad, bad), ...wrong];
      const input = [
        say.begin(dialect),
        ...mixed.map((one) => say.record(dialect, one)),
        say.state(dialect, { read: all }),
        say.end(dialect),
      ].join("");
      const { code, lines, stdout, stderr } = await stage.destination("write", { dialect, settings, input });
      expect(code).toBe(1);
      expect(statesIn(lines, dialect)).toEqual([]);
      expect(stdout + stderr).toMatch(/mapping/);
    },
  );

  test.each([
    ["lack an email", 120, 300, { phone: "+14155550100", email: null }],
    ["have an impossible email", 120, 300, { email: "nobody@nowhere" }],
    ["are all that there is", 120, 0, { email: null }],
  ])("contacts that %s stop nobody: the others arrive, and states leave", async (_, bad, good, fault) => {
    stage = await setStage();
    const all = contacts(bad + good).map((contact, index) =>
      index < bad ? { ...contact, ...fault } : contact,
    );
    const input = [
      say.begin(dialect),
      ...all.slice(0, bad).map((one) => say.record(dialect, one)),
      say.state(dialect, { read: bad }),
      ...all.slice(bad).map((one) => say.record(dialect, one)),
      say.state(dialect, { read: bad + good }),
      say.end(dialect),
    ].join("");
    for (const _run of [1, 2]) {
      const { code, lines } = await stage.destination("write", { dialect, input });
      expect(code).toBe(0);
      expect(stage.iterable.users.size).toBe(good);
      expect(statesIn(lines, dialect)).toHaveLength(2);
    }
  });

  test("input that ends inside a line is an error, and what came before it is not lost", async () => {
    stage = await setStage();
    const input = `${say.begin(dialect)}${say.records(dialect, contacts(3))}${say.state(dialect, { read: 3 })}{"type":"RECORD","rec`;
    const { code, lines, stdout, stderr } = await stage.destination("write", { dialect, input });
    expect(code).toBe(1);
    expect(stage.iterable.users.size).toBe(3);
    expect(statesIn(lines, dialect)).toHaveLength(1);
    expect(stdout + stderr).toContain("line 6");
  });
});

describe("Airbyte's stream statuses", () => {
  const run = async (input: string) => {
    stage = await setStage();
    return stage.destination("write", { input });
  };
  const records = say.records("airbyte", contacts(2));

  test.each([
    ["COMPLETE", status("contacts", "STARTED") + records + status("contacts", "COMPLETE"), 0],
    ["INCOMPLETE", status("contacts", "STARTED") + records + status("contacts", "INCOMPLETE"), 1],
    ["STARTED and nothing after it", status("contacts", "STARTED") + records, 1],
    ["nothing at all", records, 0],
  ])("%s: the contacts arrive, and the exit status says how the source ended", async (_, input, code) => {
    const ended = await run(input);
    expect(ended.code).toBe(code);
    expect(stage.iterable.users.size).toBe(2);
  });
});

test("a state comes back byte for byte, with large numbers and unknown keys, and the counts beside it", async () => {
  stage = await setStage();
  const line =
    '{"type":"STATE", "id":9007199254740993,"state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{"n":12345678901234567890, "x":1.0}},"sourceStats":{"recordCount":1.0}},"future":[ ]}';
  const input = `${say.begin("airbyte")}${say.record("airbyte", contacts(1)[0] as object)}${line}\n${say.end("airbyte")}`;
  const { lines } = await stage.destination("write", { input });
  const [state] = statesIn(lines, "airbyte");
  const spliced = /,?"destinationStats":\{[^}]*\}/;
  expect(state?.line).toMatch(spliced);
  expect(state?.line.replace(spliced, "")).toBe(line);
});

test("a wrong key ends the run at once as a configuration error, without a state and without the key", async () => {
  stage = await setStage();
  const key = "ffffffffffffffffffffffffffffffff";
  const input = `${say.begin("airbyte")}${say.records("airbyte", contacts(3))}${say.state("airbyte", {})}${say.end("airbyte")}`;
  const { code, stdout, stderr, messages, lines } = await stage.destination("write", {
    settings: { api_key: key },
    input,
  });
  expect(code).toBe(1);
  expect(errorsIn(messages)[0]).toMatchObject({ failure_type: "config_error" });
  expect(statesIn(lines, "airbyte")).toEqual([]);
  for (const secret of [key, "192.0.2.1"]) expect(stdout + stderr).not.toContain(secret);
});

test("a rejected contact is replayed from its file without overwriting what has come since, unless that is wanted", async () => {
  stage = await setStage([], { iterable: { fields: { size: "string" } } });
  stage.iterable.put({ email: "a@example.com", dataFields: { size: "new" } });
  const rejected = JSON.stringify({
    type: "RECORD",
    record: { stream: "contacts", data: { email: "a@example.com", size: "old", name: "Ada" }, emitted_at: 1 },
    rejection: { line: 3, stage: "mapping", reason: "invalid_value" },
  });
  const replay = async (...args: string[]) =>
    (await stage.destination("write", { input: `${rejected}\n`, args })).code;
  const held = () => stage.iterable.users.get("a@example.com")?.dataFields;

  expect(await replay()).toBe(0);
  expect(held()).toMatchObject({ size: "new", firstName: "Ada" });
  expect(await replay("--replay", "overwrite")).toBe(0);
  expect(held()).toMatchObject({ size: "old" });
});

test("two records of one contact: the newer conversion wins, whatever came last, and the older adds what it alone has", async () => {
  stage = await setStage([], { iterable: { fields: { size: "string", color: "string" } } });
  const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
  const input = [
    say.begin("airbyte"),
    say.record("airbyte", { email: "A@example.com ", size: "new", lastConvertedAt: at(5) }),
    say.record("airbyte", { email: "a@example.com", size: "old", color: "red", lastConvertedAt: at(3) }),
    say.end("airbyte"),
  ].join("");
  const { code } = await stage.destination("write", { settings: { advanced: { batch_size: 1 } }, input });
  expect(code).toBe(0);
  expect(stage.iterable.users.get("a@example.com")?.dataFields).toEqual({ size: "new", color: "red" });
  expect(stage.iterable.collisions).toEqual([]);
});
