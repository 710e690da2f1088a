import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contacts, say } from "../messages.js";
import { ended } from "../process.js";
import { type Stage, setStage } from "../stage.js";
import { type RedisServer, startRedis } from "./server.js";

const BULK = "/api/users/bulkUpdate";
/** What Iterable takes in a second. */
const LIMIT = 5;

let stage: Stage;
let redis: RedisServer;
beforeEach(async () => {
  redis = await startRedis(["--requirepass", "S3cretOfRedis"]);
});
afterEach(async () => {
  await stage?.close();
  await redis.close();
});

const address = () => `redis://:S3cretOfRedis@127.0.0.1:${redis.port}`;
const input = (from: number, count: number) =>
  say.begin("airbyte") +
  say.records("airbyte", contacts(count, from)) +
  say.state("airbyte", { at: from }) +
  say.end("airbyte");

/** A destination that has begun, and waits for its input. */
async function begin() {
  const advanced = { shared_limit_url: address(), bulk_requests_per_second: LIMIT, batch_size: 1 };
  const child = await stage.startDestination("write", { settings: { advanced } });
  child.stdin.on("error", () => undefined);
  return child;
}

async function start(from: number, count: number) {
  const child = await begin();
  child.stdin.end(input(from, count));
  return child;
}
const endings = (children: readonly ChildProcessWithoutNullStreams[]) => Promise.all(children.map(ended));
const arrivals = () => stage.iterable.journal.entries.filter(({ path }) => path === BULK).map(({ at }) => at);
/** Requests a second, from the first to the last. */
const rate = (times: readonly number[]) =>
  ((times.length - 1) * 1000) / ((times.at(-1) as number) - (times[0] as number));
const refusals = () => stage.iterable.journal.entries.filter(({ status }) => status === 429);

describe("ten destinations with one Redis", () => {
  // What is measured is spoilt where the machine has no time for ten processes.
  test("use 95 % of the limit or more together, and none is refused", { retry: 3 }, async () => {
    stage = await setStage();
    const members = await Promise.all(Array.from({ length: 10 }, begin));
    await stage.iterable.journal.reached("/api/users/getFields", 10);
    for (const [index, member] of members.entries()) member.stdin.end(input(index * 100, 6));
    const runs = await endings(members);
    expect(runs.map(({ code }) => code)).toEqual(Array(10).fill(0));
    expect(stage.iterable.users.size).toBe(60);
    expect(refusals()).toEqual([]);
    expect(rate(arrivals())).toBeGreaterThan(0.95 * LIMIT);
    expect(rate(arrivals())).toBeLessThanOrEqual(LIMIT);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain("S3cretOfRedis");
  });

  test("go on at the same pace when some of them are killed", { retry: 3 }, async () => {
    stage = await setStage();
    const members = await Promise.all(Array.from({ length: 6 }, begin));
    await stage.iterable.journal.reached("/api/users/getFields", 6);
    for (const [index, member] of members.entries()) member.stdin.end(input(index * 100, 12));
    const all = endings(members);
    await stage.iterable.journal.reached(BULK, 10);
    for (const member of members.slice(0, 3)) member.kill("SIGKILL");
    const killed = arrivals().length;
    await all;
    expect(rate(arrivals().slice(killed + 1))).toBeGreaterThan(0.95 * LIMIT);
    expect(refusals()).toEqual([]);
  });

  test("all hold when one is refused, who came later too", async () => {
    stage = await setStage([], { iterable: { limits: { [BULK]: 1 } } });
    const first = await start(0, 6);
    await stage.iterable.journal.reached(BULK, 2);
    const second = await start(100, 6);
    await endings([first, second]);
    expect(stage.iterable.users.size).toBe(12);
    const { entries } = stage.iterable.journal;
    const waits = entries.filter(({ path }) => path === BULK);
    const refused = waits.flatMap(({ status, at }) => (status === 429 ? [at] : []));
    for (const at of refused) {
      const next = waits.find((entry) => entry.at > at + 100);
      if (next) expect(next.at - at).toBeGreaterThanOrEqual(900);
    }
  });
});

describe("a Redis that goes away", () => {
  test("is waited for, and nothing is lost when it comes back with nothing of what it held", async () => {
    stage = await setStage();
    const member = await start(0, 20);
    const run = ended(member);
    await stage.iterable.journal.reached(BULK, 4);
    await redis.stop();
    const before = arrivals().length;
    await redis.start();
    const { code, stdout } = await run;
    expect({ code, users: stage.iterable.users.size }).toEqual({ code: 0, users: 20 });
    expect(before).toBeLessThan(20);
    expect(stdout).not.toContain("S3cretOfRedis");
  });

  test("and that has forgotten everybody while it ran has them come back", async () => {
    stage = await setStage();
    const member = await start(0, 15);
    const run = ended(member);
    await stage.iterable.journal.reached(BULK, 4);
    await redis.ask("AUTH S3cretOfRedis\r\nFLUSHALL");
    expect({ code: (await run).code, users: stage.iterable.users.size }).toEqual({ code: 0, users: 15 });
  });
});
