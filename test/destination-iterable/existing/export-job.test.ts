import { Readable } from "node:stream";
import { expect, test } from "vitest";
import {
  type ExportJobOptions,
  JobFailed,
  runExportJob,
} from "../../../destination-iterable/existing/export-job.js";
import type { Exports } from "../../../destination-iterable/iterable/exports.js";
import type { ExportPage, JobState } from "../../../destination-iterable/iterable/exports-answers.js";
import { HttpStatusError, NetworkError } from "../../../http/errors.js";

const file = (number: number, url = `https://files/${number}`) => ({ name: `file-${1000 + number}`, url });
const names = (count: number) => Array.from({ length: count }, (_, index) => file(index));

interface Stand {
  /** How many files there are, and the job's state, each time that it is asked. */
  readonly steps: readonly { readonly files: readonly ReturnType<typeof file>[]; readonly state: JobState }[];
  readonly isTruncated?: boolean;
  readonly ignoresAfter?: boolean;
  /** What a file's bytes are, by its address and how often it was asked for. */
  readonly content?: (url: string, time: number) => string;
}

async function run({
  steps,
  isTruncated = false,
  ignoresAfter = false,
  content = (url) => `{"of":"${url}"}\n`,
}: Stand) {
  const lines: string[] = [];
  const cancelled: string[] = [];
  const asked = new Map<string, number>();
  let step = 0;
  let clock = 0;
  const exports: Exports = {
    start: async () => ({ job: "1", at: 5 }),
    async page(_, after): Promise<ExportPage> {
      const { files, state } = steps[Math.min(step, steps.length - 1)]!;
      step += 1;
      const left = ignoresAfter ? files : files.filter(({ name }) => name > (after ?? ""));
      return { state, isTruncated, files: left.slice(0, 10) };
    },
    async file(url) {
      const time = (asked.get(url) ?? 0) + 1;
      asked.set(url, time);
      return Readable.from([Buffer.from(content(url, time))]);
    },
    cancel: async (job) => void cancelled.push(job),
    close: async () => undefined,
  };
  const options: ExportJobOptions = {
    exports,
    wanted: { onlyFields: undefined, since: undefined },
    onLine(line) {
      JSON.parse(line);
      lines.push(line);
    },
    onPoll: () => undefined,
    patienceMs: 60_000,
    now: () => clock,
    async sleep(ms) {
      clock += ms;
    },
  };
  const outcome = await runExportJob(options).catch((error: Error) => error);
  return { lines: [...new Set(lines)], outcome, cancelled, asked };
}

const done = (count: number) => ({ files: names(count), state: "completed" as const });

test("all files of all pages are read, those that come while the job runs once", async () => {
  const running = (count: number) => ({ files: names(count), state: "running" as const });
  const queued = { files: [], state: "enqueued" as const };
  const { lines, outcome, asked } = await run({
    steps: [queued, running(3), running(12), queued, running(12), done(35)],
  });
  expect(outcome).toEqual({ job: "1", at: 5 });
  expect(lines).toHaveLength(35);
  expect([...asked.values()].every((times) => times === 1)).toBe(true);
});

test("a file that turns up before one that has been listed is not missed", async () => {
  const first = { files: [file(1), file(5)], state: "running" as const };
  const late = { files: [file(1), file(3), file(5)], state: "completed" as const };
  expect((await run({ steps: [first, late] })).lines).toHaveLength(3);
});

test("a server that passes over startAfter is noticed where it has more than a page", async () => {
  expect((await run({ steps: [done(4)], ignoresAfter: true })).lines).toHaveLength(4);
  const { outcome, cancelled } = await run({ steps: [done(25)], ignoresAfter: true });
  expect(outcome).toBeInstanceOf(JobFailed);
  expect(cancelled).toEqual(["1"]);
});

test("an address that has expired is asked for again, and so is a file that broke off", async () => {
  const cut = '{"a":1}\n{"b":';
  const content = (url: string, time: number) => {
    if (url.endsWith("/0") && time === 1) throw new HttpStatusError(403, "Request has expired", undefined);
    if (url.endsWith("/1") && time === 1) return cut;
    if (url.endsWith("/2") && time === 1) throw new NetworkError("ECONNRESET", "files", undefined, true);
    return '{"a":1}\n{"b":2}\n';
  };
  const { lines, outcome } = await run({ steps: [done(3)], content });
  expect(outcome).toEqual({ job: "1", at: 5 });
  expect(lines).toHaveLength(2);
});

test("a file that stays damaged, a job that ends badly and one that stands still are failures", async () => {
  const broken = await run({ steps: [done(1)], content: () => "<html>" });
  expect(broken.outcome).toMatchObject({ message: "one of its files cannot be read" });
  for (const state of ["failed", "cancelled"] as const) {
    const { outcome, cancelled } = await run({ steps: [{ files: [], state }] });
    expect(outcome).toBeInstanceOf(JobFailed);
    expect(cancelled).toEqual([]);
  }
  expect((await run({ steps: [done(2)], isTruncated: true })).outcome).toBeInstanceOf(JobFailed);
  const stuck = await run({ steps: [{ files: names(2), state: "running" }] });
  expect(stuck.outcome).toMatchObject({ message: "it stood still (running)" });
  expect(stuck.cancelled).toEqual(["1"]);
});
