import { afterEach, describe, expect, test } from "vitest";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";
import type { Settings, Stage } from "../stage.js";
import { setStage } from "../stage.js";

const KEYS = {
  [SERVER_SIDE_KEY]: "ServerSide",
  "11111111111111111111111111111111": "ReadOnly",
  "22222222222222222222222222222222": "JavaScript",
  "33333333333333333333333333333333": "Mobile",
} as const;

let stage: Stage;
afterEach(() => stage.close());

async function check(settings: Settings) {
  stage = await setStage([], { iterable: { keys: KEYS, fields: { "Shirt Size": "string", score: "long" } } });
  const ended = await stage.destination("check", { settings });
  const statuses = ended.messages.filter(({ type }) => type === "CONNECTION_STATUS");
  expect(statuses).toHaveLength(1);
  return { ...ended, ...(statuses[0]?.connectionStatus as { status: string; message: string }) };
}

test("a server-side key passes, and nothing is written to find that out", async () => {
  const { code, status } = await check({});
  expect({ code, status }).toEqual({ code: 0, status: "SUCCEEDED" });
  expect(stage.iterable.users.size).toBe(0);
  expect(stage.iterable.journal.entries.every(({ method }) => method === "GET")).toBe(true);
});

test("a key padded with spaces is trimmed, with a warning", async () => {
  const { status, stdout } = await check({ api_key: `  ${SERVER_SIDE_KEY}\n` });
  expect(status).toBe("SUCCEEDED");
  expect(stdout).toMatch(/"level":"WARN".*api_key.*(space|white)/);
});

describe("is FAILED with exit 0, says what to do, and prints neither the key nor the caller's address", () => {
  test.each<[string, Settings, RegExp]>([
    ["a key that Iterable does not know", { api_key: "f".repeat(32) }, /Server-side.*Integrations/],
    ["a read-only key", { api_key: "1".repeat(32) }, /read-only.*Server-side|Server-side.*Read-only/i],
    ["a JavaScript key", { api_key: "2".repeat(32) }, /JavaScript.*Server-side|Server-side/i],
    ["a mobile key", { api_key: "3".repeat(32) }, /Server-side/i],
    ["an empty key", { api_key: "   " }, /api_key/],
    ["a key with a space inside", { api_key: `${"a".repeat(16)} ${"b".repeat(15)}` }, /api_key|Server-side/],
    [
      "a host that nobody answers at",
      { advanced: { base_url: "http://127.0.0.1:9" } },
      /127\.0\.0\.1:9.*(refused|firewall|reach)/i,
    ],
    ["plain http to the world", { advanced: { base_url: "http://api.example.com" } }, /https/],
    ["a mode that does not exist", { overwrite_mode: "append" }, /overwrite_mode.*keep_existing/s],
    ["a list that is not there", { list_id: 77 }, /77.*Lists|list_id/],
    [
      "a transform without its parameter, and a target given twice",
      {
        field_mapping: [
          { source: "tags", target: "score", transform: ["split"] },
          { source: "a", target: "firstName" },
          { source: "b", target: "firstName" },
        ],
      },
      /separator.*firstName/s,
    ],
  ])("%s", async (_, settings, remedy) => {
    const { code, status, message, stdout, stderr } = await check(settings);
    expect({ code, status }).toEqual({ code: 0, status: "FAILED" });
    expect(message).toMatch(remedy);
    const key = String(settings.api_key ?? SERVER_SIDE_KEY).trim();
    if (key) expect(stdout + stderr).not.toContain(key);
    expect(stdout + stderr).not.toContain("192.0.2.1");
  });
});

test("a misspelled setting is named, with the one that was meant", async () => {
  const { status, stdout } = await check({ overwrite_mod: "keep_existing" });
  expect(`${status} ${stdout}`).toMatch(/overwrite_mod\b.*overwrite_mode/);
});

test("spec is a message of the protocol, alone on stdout", async () => {
  stage = await setStage();
  const { code, messages } = await stage.destination("spec");
  expect(code).toBe(0);
  expect(messages).toMatchObject([
    { type: "SPEC", spec: { supported_destination_sync_modes: ["append", "append_dedup"] } },
  ]);
});

test("discover lists what can be written: users by email, with the fields that Iterable has at that moment", async () => {
  stage = await setStage([], { iterable: { fields: { "Shirt Size": "string", score: "long" } } });
  const { code, messages } = await stage.destination("discover");
  expect(code).toBe(0);
  const [found] = messages;
  expect(messages).toHaveLength(1);
  expect(found?.type).toBe("DESTINATION_CATALOG");
  const { operations } = found?.destination_catalog ?? {};
  for (const operation of operations) {
    expect(operation).toMatchObject({ object_name: "users", matching_keys: [["email"]] });
    expect(Object.keys(operation.json_schema.properties)).toEqual(
      expect.arrayContaining(["email", "Shirt Size", "score"]),
    );
  }
  expect(operations.length).toBeGreaterThan(0);
});
