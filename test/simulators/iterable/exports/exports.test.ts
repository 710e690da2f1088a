import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IterableOptions, SERVER_SIDE_KEY } from "../../../../simulators/iterable.js";
import { type Asked, startAsking } from "../asking.js";

let asked: Asked;
let now: number;
beforeEach(() => {
  now = Date.parse("2026-01-01T00:00:00Z");
});
afterEach(() => asked.iterable.close());

const FORM = { dataTypeName: "user", outputFormat: "application/x-json-stream" };
const start = async (count: number, options: IterableOptions = {}) => {
  asked = await startAsking({ now: () => now, ...options });
  for (let number = 0; number < count; number += 1) {
    asked.iterable.put({ email: `u${number}@example.com`, dataFields: { firstName: "A", a: { b: 1 } } });
  }
};
const begin = async (more: Record<string, unknown> = {}) => {
  const reply = await asked.post("/api/export/start", { ...FORM, ...more });
  expect(reply.status).toBe(202);
  return reply.body.jobId as number;
};
const files = async (job: number, startAfter?: string) =>
  (await asked.get(`/api/export/${job}/files${startAfter ? `?startAfter=${startAfter}` : ""}`)).body;
const rows = async (job: number) => {
  const found = (await files(job)).files as { url: string }[];
  const texts = await Promise.all(found.map(async ({ url }) => (await fetch(url)).text()));
  return texts
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

describe("a job", () => {
  test("writes a file for so many profiles as it goes, and names ten a time", async () => {
    await start(120, { exportRowsPerFile: 10, exportProfilesPerSecond: 10 });
    const job = await begin();
    expect(await files(job)).toMatchObject({ jobState: "running", files: [], exportTruncated: false });
    now += 2500;
    expect((await files(job)).files).toHaveLength(2);
    now += 60_000;
    const first = await files(job);
    expect([first.jobState, first.files.length]).toEqual(["completed", 10]);
    expect((await files(job, first.files[9].file)).files).toHaveLength(2);
  });

  test.each([
    ["failed", "failed", 0, false],
    ["cancelled", "cancelled", 0, false],
    ["truncated", "completed", 1, true],
    ["completed", "completed", 1, false],
    ["stuck", "enqueued", 0, false],
  ] as const)("may end as %s, once", async (outcome, jobState, count, exportTruncated) => {
    await start(10, { exportOutcomes: [outcome] });
    const job = await begin();
    await files(job);
    const seen = await files(job);
    expect(seen).toMatchObject({ jobState, exportTruncated });
    expect(seen.files).toHaveLength(count);
    expect(await rows(job)).toHaveLength(count === 0 ? 0 : exportTruncated ? 5 : 10);
    const second = await begin();
    await files(second);
    expect((await files(second)).jobState).toBe("completed");
  });

  test("may go back into the queue", async () => {
    await start(10, { exportOutcomes: ["requeued"], exportProfilesPerSecond: 5, exportSlots: 1 });
    const job = await begin();
    const states: string[] = [];
    for (let second = 0; second < 4; second += 1) {
      states.push((await files(job)).jobState);
      asked.iterable.switches.exportSlotsTaken = second === 0 ? 1 : 0;
      now += 1000;
    }
    expect(states).toEqual(["running", "enqueued", "running", "completed"]);
  });

  test("waits for a place among four, and can be cancelled", async () => {
    await start(10, { exportProfilesPerSecond: 1 });
    const jobs = [];
    for (let number = 0; number < 5; number += 1) jobs.push(await begin());
    expect((await files(jobs[4] as number)).jobState).toBe("enqueued");
    await asked.remove(`/api/export/${jobs[0]}`);
    expect((await files(jobs[4] as number)).jobState).toBe("running");
    const { body } = await asked.get("/api/export/jobs?jobState=running");
    expect(body.jobs.map(({ id }: { id: number }) => id)).toEqual(jobs.slice(1));
  });
});

describe("rows", () => {
  test("hold only the fields that are asked for, nested ones under dotted names", async () => {
    await start(1);
    const job = await begin({ onlyFields: "email,a" });
    expect(await rows(job)).toEqual([{ email: "u0@example.com", "a.b": 1 }]);
  });

  test.each([
    ["dotted", "usual", { "a.b": 1, profileUpdatedAt: "2026-01-01 00:00:00 +00:00" }],
    ["nested", "usual", { a: { b: 1 }, profileUpdatedAt: "2026-01-01 00:00:00 +00:00" }],
    ["nested", "odd", { a: { b: 1 }, profileUpdatedAt: "2026-01-01T00:00:00.134105.000Z" }],
  ] as const)("stand %s, with %s times", async (exportNesting, exportTimes, row) => {
    await start(2, { exportNesting, exportTimes });
    expect((await rows(await begin()))[1]).toMatchObject(row);
  });

  test("are of who was updated from a time on and before another, so far as it has settled", async () => {
    await start(1, { exportLagMs: 60_000 });
    now += 3_600_000;
    asked.iterable.put({ email: "later@example.com" });
    now += 30_000;
    const emails = async (more: Record<string, unknown>) =>
      (await rows(await begin({ onlyFields: "email", ...more }))).map(({ email }) => email);
    const at = { startDateTime: "2026-01-01 01:00:00 +00:00" };
    expect(await emails(at)).toEqual([]);
    now += 30_000;
    expect(await emails(at)).toEqual(["later@example.com"]);
    expect(await emails({ endDateTime: "2026-01-01 01:00:00 +00:00" })).toEqual(["u0@example.com"]);
  });
});

describe("files", () => {
  test("are on another host, which refuses a key and notes it", async () => {
    await start(1);
    const [{ url }] = (await files(await begin())).files;
    expect(new URL(url).host).not.toBe(new URL(asked.iterable.url).host);
    expect((await fetch(url, { headers: { "Api-Key": SERVER_SIDE_KEY } })).status).toBe(400);
    expect(asked.iterable.files.keysSent).toHaveLength(1);
  });

  test("have addresses that end, and are asked for again", async () => {
    await start(1);
    const job = await begin();
    const [{ url }] = (await files(job)).files;
    now += 1_800_000;
    expect((await fetch(url)).status).toBe(403);
    expect(await rows(job)).toHaveLength(1);
    expect((await fetch(`${new URL(url).origin}/exports/1/file-1.json`)).status).toBe(403);
  });
});

test.each([401, 403] as const)("exports can be refused with %i", async (exportsRefused) => {
  await start(0, { exportsRefused });
  expect((await asked.post("/api/export/start", FORM)).status).toBe(exportsRefused);
});

test("one request a second is taken, of starting and listing together", async () => {
  await start(0, { limitsHeld: true });
  const job = await begin();
  expect((await asked.get(`/api/export/${job}/files`)).status).toBe(429);
  now += 1000;
  expect((await asked.get(`/api/export/${job}/files`)).status).toBe(200);
});
