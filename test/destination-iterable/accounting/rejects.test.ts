import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError } from "../../../connector/errors.js";
import {
  contactHash,
  createRejects,
  type Rejection,
} from "../../../destination-iterable/accounting/rejects.js";
import { inFolder } from "../../../destination-iterable/accounting/rejects-folder.js";

const NOW = Date.UTC(2026, 0, 31, 12, 0, 0, 5);
const LINE =
  '{"type":"RECORD","record":{"stream":"contacts","data":{"email":"ann@x.com","n":1.0},"emitted_at":1}}';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rejects-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function rejection(changes: Partial<Rejection> = {}): Rejection {
  return {
    stream: "contacts",
    line: 7,
    text: LINE,
    key: "ann@x.com",
    stage: "mapping",
    field: "name",
    reason: "too_long",
    ...changes,
  };
}

function open(into: string | undefined) {
  const logged: string[] = [];
  const log = {
    info: (message: string) => void logged.push(message),
    warn: (message: string) => void logged.push(message),
    error: (message: string) => void logged.push(message),
  };
  const told: unknown[] = [];
  const analytics = (type: string, value: unknown) => void told.push({ type, value });
  const now = () => NOW;
  const place = into === undefined ? undefined : inFolder(into, "2026-01-31T12-00-00-005Z-1f2e3d4c");
  const rejects = createRejects({ place, apiKey: "k-1", log, analytics, now });
  return { rejects, logged, told };
}

const read = async (into: string) => {
  const names = await readdir(into);
  const text = await readFile(join(into, names[0]!), "utf8");
  return { names, lines: text.trimEnd().split("\n") };
};

describe("rejected contacts in a file", () => {
  test("are there when flush resolves, as they came, with what was wrong", async () => {
    const into = join(folder, "deep", "rejects");
    const { rejects, logged } = open(into);
    rejects.report(rejection());
    await rejects.flush();
    const { names, lines } = await read(into);
    expect(names).toEqual(["2026-01-31T12-00-00-005Z-1f2e3d4c.jsonl"]);
    expect(lines).toEqual([
      `${LINE.slice(0, -1)},"rejection":{"line":7,"stage":"mapping","field":"name","reason":"too_long","at":"2026-01-31T12:00:00.005Z"}}`,
    ]);
    expect(logged).toEqual([]);
    await rejects.close();
  });

  test.skipIf(process.platform === "win32")("are for the eyes of the one who runs the sync", async () => {
    const into = join(folder, "rejects");
    const { rejects } = open(into);
    rejects.report(rejection());
    await rejects.close();
    const { names } = await read(into);
    expect((await stat(join(into, names[0]!))).mode & 0o777).toBe(0o600);
    expect((await stat(into)).mode & 0o777).toBe(0o700);
  });

  test("keep their order over many flushes, in one file", async () => {
    const { rejects } = open(folder);
    for (let line = 1; line <= 50; line += 1) {
      rejects.report(rejection({ line }));
      if (line % 3 === 0) void rejects.flush();
    }
    await rejects.close();
    const { names, lines } = await read(folder);
    expect(names).toHaveLength(1);
    expect(lines.map((line) => JSON.parse(line).rejection.line)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  test("go to the disk while no state waits for them, and make whoever brings more wait", async () => {
    const { rejects } = open(folder);
    const text = `${LINE.slice(0, -1)},"x":"${"x".repeat(1_000_000)}"}`;
    for (let line = 1; line <= 20; line += 1) rejects.report(rejection({ line, text }));
    expect(rejects.room()).toBeInstanceOf(Promise);
    await rejects.room();
    expect(rejects.room()).toBeUndefined();
    expect((await read(folder)).lines.length).toBeGreaterThanOrEqual(19);
    await rejects.close();
    expect((await read(folder)).lines).toHaveLength(20);
  });

  test("carry one rejection, the last, when a replayed line is rejected again", async () => {
    const { rejects } = open(folder);
    const text = `${LINE.slice(0, -1)},"rejection":{"line":1,"stage":"delivery","reason":"refused","at":"2025-01-01T00:00:00Z"}}`;
    rejects.report(rejection({ text }));
    await rejects.close();
    const { lines } = await read(folder);
    expect(lines[0]?.match(/"rejection"/g)).toHaveLength(1);
    expect(JSON.parse(lines[0]!).rejection).toMatchObject({ line: 7, reason: "too_long" });
  });

  test("leave no trace of a contact that asked to be forgotten but a log line without its data", async () => {
    const { rejects, logged } = open(join(folder, "rejects"));
    rejects.report(rejection({ reason: "forgotten", stage: "delivery" }));
    await rejects.close();
    expect(await readdir(folder)).toEqual([]);
    expect(logged).toEqual([expect.stringContaining("reason forgotten")]);
    expect(logged.join()).not.toContain("ann");
  });

  test("make no file where nothing was rejected", async () => {
    const { rejects } = open(join(folder, "rejects"));
    await rejects.flush();
    await rejects.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test("stop the run, as a matter of configuration, when they cannot be written", async () => {
    const blocked = join(folder, "occupied");
    await writeFile(blocked, "");
    const { rejects } = open(blocked);
    rejects.report(rejection());
    const flushing = rejects.flush();
    await expect(flushing).rejects.toThrow(ConfigError);
    await expect(flushing).rejects.toThrow(/rejected contacts cannot be kept in/);
  });

  test("go on failing after they once could not be written, so that no state is believed to be safe", async () => {
    const blocked = join(folder, "occupied");
    await writeFile(blocked, "");
    const { rejects } = open(blocked);
    rejects.report(rejection());
    await rejects.flush().catch(() => undefined);
    await expect(rejects.flush()).rejects.toThrow(ConfigError);
  });
});

describe("rejected contacts without a file", () => {
  test("are logged by line, hash, stage, field and reason, and never by what they hold", () => {
    const { rejects, logged } = open(undefined);
    rejects.report(rejection());
    rejects.report(rejection({ line: 8, key: undefined, field: undefined, reason: "no_identifier" }));
    expect(logged).toEqual([
      `rejected: stream contacts, line 7, contact ${contactHash("k-1", "ann@x.com")}, stage mapping, field name, reason too_long`,
      "rejected: stream contacts, line 8, contact unknown, stage mapping, field -, reason no_identifier",
    ]);
    expect(logged.join()).not.toContain("ann");
  });
});

describe("the hash of a contact", () => {
  test("is the same in every run with the same key, and short", () => {
    expect(contactHash("k-1", "ann@x.com")).toMatch(/^[0-9a-f]{12}$/);
    expect(contactHash("k-1", "ann@x.com")).toBe(contactHash("k-1", "ann@x.com"));
  });

  test("differs by contact, and by key, so that nobody else can guess who it is", () => {
    const hashes = [
      contactHash("k-1", "ann@x.com"),
      contactHash("k-1", "bob@x.com"),
      contactHash("k-2", "ann@x.com"),
    ];
    expect(new Set(hashes).size).toBe(3);
  });
});
