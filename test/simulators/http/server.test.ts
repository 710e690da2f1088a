import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FlowcodeSimulator, startFlowcode } from "../../../simulators/flowcode.js";

const EXCHANGE = "/identity/resources/auth/v1/api-token";
let simulator: FlowcodeSimulator;
beforeEach(async () => {
  simulator = await startFlowcode();
});
afterEach(() => simulator.close());

const ask = async () => {
  const { clientId, clientSecret } = simulator.account;
  const body = JSON.stringify({ clientId, secret: clientSecret });
  const response = await fetch(`${simulator.url}${EXCHANGE}`, { method: "POST", body });
  return { status: response.status, text: await response.text() };
};

test.each([
  [
    { kind: "status", status: 418, body: { short: "stout" } },
    { status: 418, text: '{"short":"stout"}' },
  ],
  [
    { kind: "html", status: 502 },
    { status: 502, text: expect.stringContaining("<!doctype html>") },
  ],
  [{ kind: "not_json" }, { status: 200, text: expect.stringContaining("<!doctype html>") }],
] as const)("answers with %j instead of doing what is asked", async (action, answer) => {
  simulator.faults.script({ path: EXCHANGE, action });
  expect(await ask()).toEqual(answer);
  expect((await ask()).status).toBe(200);
});

test.each(["reset", "lost_answer", "truncated"] as const)("cuts the connection (%s)", async (kind) => {
  simulator.faults.script({ path: EXCHANGE, action: { kind } });
  await expect(ask()).rejects.toThrow();
  expect(simulator.journal.count(EXCHANGE)).toBe(1);
});

test("fails the requests that the script names, from one on and for some in a row", async () => {
  simulator.faults.script({ path: EXCHANGE, from: 2, times: 2, action: { kind: "html", status: 503 } });
  const statuses = [];
  for (let number = 0; number < 5; number += 1) statuses.push((await ask()).status);
  expect(statuses).toEqual([200, 503, 503, 200, 200]);
});

test("says when a number of requests is reached", async () => {
  const reached = simulator.journal.reached(EXCHANGE, 2);
  await ask();
  await ask();
  await expect(reached).resolves.toBeUndefined();
});

describe("from another process", () => {
  const script = (body: unknown, method = "POST") =>
    fetch(`${simulator.url}/__sim/faults`, {
      method,
      ...(method === "POST" && { body: JSON.stringify(body) }),
    });

  test("faults are scripted and taken back", async () => {
    expect((await script([{ path: EXCHANGE, times: 5, action: { kind: "html", status: 500 } }])).status).toBe(
      200,
    );
    expect((await ask()).status).toBe(500);
    await script(undefined, "DELETE");
    expect((await ask()).status).toBe(200);
  });

  test.each([
    [{}, "array"],
    [[{}], "action"],
    [[{ action: { kind: "earthquake" } }], "kind"],
    [[{ from: 0, action: { kind: "reset" } }], "from"],
    [[{ action: { kind: "slow" } }], "ms"],
  ])("%j is refused with what is wrong", async (body, named) => {
    const response = await script(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ problem: expect.stringContaining(named) });
  });

  test("the journal can be read", async () => {
    await ask();
    const entries = await (await fetch(`${simulator.url}/__sim/journal`)).json();
    expect(entries).toMatchObject([{ method: "POST", path: EXCHANGE, status: 200 }]);
  });
});
