import { afterEach, describe, expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import { type Stage, setStage } from "../stage.js";
import { type RedisServer, startRedis } from "./server.js";

let stage: Stage;
let redis: RedisServer | undefined;
afterEach(async () => {
  await stage.close();
  await redis?.close();
  redis = undefined;
});

async function check(url: string) {
  stage = await setStage();
  const ended = await stage.destination("check", { settings: { advanced: { shared_limit_url: url } } });
  const found = ended.messages.find(({ type }) => type === "CONNECTION_STATUS");
  const { status, message } = found?.connectionStatus ?? {};
  return { code: ended.code, status, message, said: ended.stdout + ended.stderr };
}

test("a check connects to the Redis, where the API key is known by a hash alone", async () => {
  redis = await startRedis(["--requirepass", "right"]);
  const { code, status } = await check(`redis://:right@127.0.0.1:${redis.port}`);
  expect({ code, status }).toEqual({ code: 0, status: "SUCCEEDED" });
  const keys = await redis.ask("AUTH right\r\nKEYS *");
  expect(keys).toContain("flowcode-iterable:{");
  expect(keys).not.toContain(SERVER_SIDE_KEY);
});

describe("a check that cannot share the limit is FAILED, says why, and prints no password", () => {
  test.each<[string, readonly string[], (port: number) => string, RegExp]>([
    [
      "a wrong password",
      ["--requirepass", "right"],
      (port) => `redis://:hunter2@127.0.0.1:${port}`,
      /user name or password/,
    ],
    ["no password", ["--requirepass", "right"], (port) => `redis://127.0.0.1:${port}`, /asks for a password/],
    [
      "a user who may do nothing",
      ["--user", "poor", "on", ">hunter2", "~*", "&*", "+ping", "+info", "+auth", "+client"],
      (port) => `redis://poor:hunter2@127.0.0.1:${port}`,
      /does not allow this user/,
    ],
    [
      "a database that is not there",
      [],
      (port) => `redis://127.0.0.1:${port}/99`,
      /no database of that number/,
    ],
    ["TLS where there is none", [], (port) => `rediss://:hunter2@127.0.0.1:${port}`, /rediss|TLS/],
    ["a cluster", ["--cluster-enabled", "yes"], (port) => `redis://127.0.0.1:${port}`, /Redis Cluster/],
    [
      "a replica",
      ["--replicaof", "127.0.0.1", "9"],
      (port) => `redis://127.0.0.1:${port}`,
      /replica|not ready/,
    ],
    ["nobody", [], () => "redis://:hunter2@127.0.0.1:9", /127\.0\.0\.1:9 .*refuses the connection/],
    ["an unknown host", [], () => "redis://:hunter2@nowhere.invalid:6379", /DNS|not known/],
    ["an address that is none", [], () => "hunter2:6379", /address of a Redis/],
    ["an http address", [], () => "http://:hunter2@127.0.0.1:80", /address of a Redis/],
  ])("%s", async (_, args, url, why) => {
    redis = await startRedis(args);
    const { code, status, message, said } = await check(url(redis.port));
    expect({ code, status, message }).toEqual({
      code: 0,
      status: "FAILED",
      message: expect.stringMatching(why),
    });
    expect(said).not.toContain("hunter2");
  });

  test("something that is no Redis", async () => {
    stage = await setStage();
    const { status, message } = await check(`redis://${new URL(stage.iterable.url).host}`);
    expect(`${status}: ${message}`).toMatch(/FAILED: .*(is no Redis|cut the connection|does not answer)/);
  });
});
