import { afterEach, describe, expect, test } from "vitest";
import { type FlowcodeOptions, type FlowcodeSimulator, startFlowcode } from "../../../simulators/flowcode.js";
import { generatePeople } from "../../../simulators/people.js";
import type { Printed } from "../../process.js";

let flowcode: FlowcodeSimulator;
afterEach(() => flowcode.close());

const END = Date.UTC(2026, 5, 1);
const start = async (count = 5, options: FlowcodeOptions = {}) => {
  flowcode = await startFlowcode(generatePeople(count, { seed: 2, endMs: END }), options);
};
async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${flowcode.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Printed };
}
const exchange = () => {
  const { clientId, clientSecret } = flowcode.account;
  return post("/identity/resources/auth/v1/api-token", { clientId, secret: clientSecret });
};
async function list(body: Record<string, unknown> = {}, path = "/abacus.v1.AbacusService/ListContacts") {
  const token = (await exchange()).body.accessToken;
  return post(
    path,
    { orgId: "org-1", workspaceId: "workspace-1", ...body },
    { authorization: `Bearer ${token}` },
  );
}

describe("the log-in", () => {
  test("gives a token for the right client and none for another", async () => {
    await start();
    expect((await exchange()).body).toMatchObject({ accessToken: expect.any(String), expiresIn: 3600 });
    const refused = await post("/identity/resources/auth/v1/api-token", { clientId: "x", secret: "y" });
    expect(refused.status).toBe(401);
  });

  test("gives tokens that end", async () => {
    let now = END;
    await start(5, { now: () => now, tokenSeconds: 2 });
    const { accessToken } = (await exchange()).body;
    const ask = () =>
      post(
        "/abacus.v1.AbacusService/ListContacts",
        { orgId: "org-1", workspaceId: "workspace-1" },
        { authorization: `Bearer ${accessToken}` },
      );
    expect((await ask()).status).toBe(200);
    now += 2000;
    expect(await ask()).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
  });

  test("answers in the other casing of its second version", async () => {
    await start(5, { tokenCase: "snake", tokenLifetime: "expires" });
    expect(Object.keys((await exchange()).body)).toEqual(["access_token", "refresh_token", "expires"]);
  });
});

describe("ListContacts", () => {
  test("pages through every row once, in the order of names, whatever is added behind the cursor", async () => {
    await start(95, { pageSize: 10 });
    const rows: unknown[] = [];
    let after: string | undefined;
    for (let page = 0; page < 50; page += 1) {
      const { body } = await list({
        pagination: { order: "ORDER_ASC", orderBy: "name", ...(after && { after }) },
      });
      rows.push(...(body.conversions ?? []));
      // A false is left out, as ProtoJSON does it.
      expect(body.pageInfo.hasNextPage).not.toBe(false);
      if (page === 2) flowcode.add([{ user: { email: "early@example.com", name: "" } }]);
      if (!body.pageInfo.hasNextPage) break;
      after = body.pageInfo.endCursor;
    }
    expect(rows).toHaveLength(95);
  });

  test("filters by the time of the last conversion, in either spelling of the names", async () => {
    await start(50, { pageSize: 100 });
    const at = new Date(END - 3_600_000).toISOString();
    const wanted = flowcode.rows.filter(
      ({ lastConvertedAt }) => Date.parse(String(lastConvertedAt)) >= Date.parse(at),
    );
    for (const filter of [{ date_filter: { start_time: at } }, { dateFilter: { startTime: at } }]) {
      expect((await list({ filter })).body.conversions ?? []).toHaveLength(wanted.length);
    }
  });

  test("refuses a foreign cursor, organisation and workspace with Connect's codes", async () => {
    await start();
    expect((await list({ pagination: { after: "nonsense" } })).body.code).toBe("invalid_argument");
    expect((await list({ orgId: "other" })).body.code).toBe("permission_denied");
    expect((await list({ workspaceId: "other" })).body.code).toBe("not_found");
  });
});

test("ListSuites leaves drafts and archived flows out, unless their states are asked for", async () => {
  await start();
  const path = "/bundles.v1.BundleService/ListSuites";
  expect((await list({}, path)).body.suites).toHaveLength(2);
  const states = ["ASSET_STATE_ACTIVE", "ASSET_STATE_DRAFT", "ASSET_STATE_ARCHIVED"];
  expect((await list({ states }, path)).body.suites).toHaveLength(4);
  const { suites, pageInfo } = (await list({ states, pagination: { first: 3 } }, path)).body;
  expect([suites.length, pageInfo.hasNextPage]).toEqual([3, true]);
});
