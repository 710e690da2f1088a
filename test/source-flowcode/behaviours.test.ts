import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { type FlowcodeSwitches, flowcodeSwitches } from "../../simulators/flowcode/switches.js";
import { startFlowcode } from "../../simulators/flowcode.js";
import { config } from "../../source-flowcode/config.js";
import { read } from "./stand-in.js";

const PEOPLE = 250;
const DAY = 86_400_000;

/** What a switch that is no choice of words is tried with. */
const TRIED: { readonly [name in keyof FlowcodeSwitches]?: readonly FlowcodeSwitches[name][] } = {
  pageSize: [100, 7, 1000],
  requestsPerSecond: [null, 20],
  retryAfterSeconds: [null, 1],
  tokenSeconds: [3600, 1],
  clockAheadMs: [0, 300_000],
  interimAnswers: [0, 3],
};

/** Every value of every switch. */
const BEHAVIOURS = Object.entries(flowcodeSwitches.shape).flatMap(([name, declaration]) => {
  const { innerType } = (declaration as unknown as z.ZodDefault).def;
  const { options } = innerType as unknown as { readonly options?: readonly string[] };
  const values = TRIED[name as keyof FlowcodeSwitches] ?? options;
  if (values === undefined) throw new Error(`the switch ${name} is not tried: give it values here`);
  return values.map((value) => [name, value] as const);
});

const person = (number: number, at: string) => ({
  user: { email: `p${number}@example.com`, name: `Person ${number}` },
  firstConvertedAt: at,
  lastConvertedAt: at,
});

describe("whatever Flowcode does where the facts leave it open, everybody is emitted, and nobody twice", () => {
  test.concurrent.each(BEHAVIOURS)("%s: %j", { timeout: 120_000 }, async (name, value) => {
    const now = Date.now();
    const long = new Date(now - 10 * DAY).toISOString();
    const rows = Array.from({ length: PEOPLE }, (_, number) => person(number, long));
    const flowcode = await startFlowcode(
      [{ user: {}, firstConvertedAt: long, lastConvertedAt: long }, ...rows],
      {
        [name]: value,
      },
    );
    const { orgId, workspaceId, clientId, clientSecret } = flowcode.account;
    const settings = config.parse({
      org_id: orgId,
      workspace_id: workspaceId,
      credentials: { auth_type: "api_client", client_id: clientId, client_secret: clientSecret },
      requests_per_second: 100,
      advanced: { api_base_url: flowcode.url, auth_base_url: flowcode.url, max_attempts: 3 },
    });
    const emitted: string[] = [];
    let state: unknown;
    const run = async (at: number) => {
      const ran = await read(settings, { state, now: () => at });
      expect([ran.error, ran.statuses.at(-1)]).toEqual([undefined, "COMPLETE"]);
      state = JSON.parse(JSON.stringify(ran.state));
      emitted.push(...ran.emails);
    };
    await run(now);
    expect(new Set(emitted).size).toBe(PEOPLE);
    flowcode.add([person(PEOPLE, new Date(now - 60_000).toISOString())]);
    await run(now + 1000);
    // Whom no filter can find, the next full pass does.
    await run(now + 31 * DAY);
    expect(emitted.toSorted()).toEqual([...new Set(emitted)].toSorted());
    expect(emitted).toHaveLength(PEOPLE + 1);
    await flowcode.close();
  });
});
