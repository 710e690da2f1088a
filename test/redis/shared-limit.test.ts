import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SharedPlaces } from "../../http/rate-limit.js";
import { createSharedLimit, type SharedLimit } from "../../http/shared/shared-limit.js";
import { type RedisServer, startRedis } from "./server.js";

let redis: RedisServer;
const open: SharedLimit[] = [];
beforeEach(async () => {
  redis = await startRedis();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((limit) => limit.close()));
  await redis.close();
});

function member(perSecond: number, more: { awayMs?: number; signal?: AbortSignal } = {}): SharedPlaces {
  const url = `redis://127.0.0.1:${redis.port}`;
  const limit = createSharedLimit({ url, account: "a", signal: new AbortController().signal, ...more });
  open.push(limit);
  return limit.places("bulk", perSecond);
}

test("places of many members keep the pace of one", async () => {
  const members = Array.from({ length: 5 }, () => member(50));
  await Promise.all(members.map((places) => places.next()));
  const begun = performance.now();
  const taken = members.map(async (places) => {
    for (let count = 0; count < 10; count += 1) await places.next();
  });
  await Promise.all(taken);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(49 * 20);
});

test("a hold holds everybody, whoever comes later too, and the longer one counts", async () => {
  const [one, other] = [member(100), member(100)];
  await one.next();
  await one.hold(5_000);
  await one.hold(100);
  expect(await other.next()).toBeGreaterThan(4_000);
  expect(await member(100).next()).toBeGreaterThan(4_000);
});

test("a member with another pace changes it for all", async () => {
  const slow = member(1);
  await slow.next();
  const fast = member(100);
  await fast.next();
  const begun = performance.now();
  for (let count = 0; count < 5; count += 1) await fast.next();
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test.each([
  ["4.5 a second", 4.5],
  ["a third of one", 0.33],
  ["sixty", 60],
])("a pace that is no whole number of ms is kept: %s", async (_, perSecond) => {
  const places = member(perSecond);
  await places.next();
  await member(perSecond).hold(0);
  if (perSecond > 1) await places.next();
});

describe("a Redis that is away", () => {
  test.each<[string, () => Promise<void>]>([
    ["dies", () => redis.stop()],
    ["hangs", async () => redis.hang(true)],
  ])(
    "%s: is waited for, then the error says so and what to do, and that time may heal it",
    async (_, leave) => {
      const places = member(100, { awayMs: 1_000 });
      await places.next();
      await leave();
      const gone = places.next();
      await expect(gone).rejects.toMatchObject({
        name: "SharedLimitProblem",
        isTransient: true,
        message: expect.stringMatching(
          /127\.0\.0\.1:\d+ \(advanced\.shared_limit_url\) .*waited for.*running again is safe.*bulk_requests_per_second/,
        ),
      });
      redis.hang(false);
    },
  );

  test("is not waited for by a process that is to stop", async () => {
    const stop = new AbortController();
    const places = member(100, { signal: stop.signal });
    await places.next();
    await redis.stop();
    const waiting = places.next();
    stop.abort(new Error("asked to stop"));
    await expect(waiting).rejects.toThrow();
  });

  test("and comes back empty gives places again", async () => {
    const places = member(100);
    await places.next();
    await redis.stop();
    const next = places.next();
    await redis.start();
    expect(await next).toBe(0);
  });
});
