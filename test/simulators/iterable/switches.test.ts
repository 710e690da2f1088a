import { afterEach, describe, expect, test } from "vitest";
import type { IterableOptions } from "../../../simulators/iterable.js";
import { type Asked, startAsking } from "./asking.js";

let asked: Asked;
afterEach(() => asked.iterable.close());
const start = async (options: IterableOptions = {}) => {
  asked = await startAsking(options);
};
const A = { email: "a@example.com", dataFields: { firstName: "A" } };

test.each([
  ["counted", 1, ["a@example.com"]],
  ["uncounted", 0, ["a@example.com"]],
  ["unnoticed", 1, []],
] as const)("users whom nothing changes are %s", async (noOps, successCount, noOpEmails) => {
  await start({ noOps });
  await asked.bulk([A]);
  const { body } = await asked.bulk([A]);
  expect(body).toMatchObject({ successCount, failCount: 0, noOpEmails });
});

test.each([
  ["any_cause", ["none", "gone@example.com"]],
  ["invalid_only", ["none"]],
  ["empty", []],
] as const)("the deprecated lists hold %s", async (topLevelLists, invalidEmails) => {
  await start({ topLevelLists, forgotten: ["gone@example.com"] });
  const { body } = await asked.bulk([{ email: "none" }, { email: "gone@example.com" }]);
  expect(body).toMatchObject({
    failCount: 2,
    invalidEmails,
    failedUpdates: { invalidEmails: ["none"], forgottenEmails: ["gone@example.com"] },
  });
});

test.each([
  ["other", true, "owner@example.com", 1],
  ["other", false, "owner@example.com", 0],
  ["own", true, "b@example.com", 1],
] as const)("a conflict names the %s profile", async (conflictNames, conflictsCounted, email, failCount) => {
  await start({ identifier: "hybrid", conflictNames, conflictsCounted });
  asked.iterable.put({ email: "owner@example.com", userId: "taken" });
  const { body } = await asked.bulk([{ email: "b@example.com", userId: "taken" }]);
  expect(body).toMatchObject({ failCount, failedUpdates: { conflictEmails: [email] } });
});

describe("values of another type", () => {
  const users = [A, { email: "b@example.com", dataFields: { score: "many" } }];

  test("refuse the whole request", async () => {
    await start({ fields: { score: "long" } });
    expect((await asked.bulk(users)).status).toBe(400);
    expect(asked.iterable.users.size).toBe(0);
  });

  test("or cost their user alone", async () => {
    await start({ fields: { score: "long" }, typeMismatches: "per_user" });
    const { body } = await asked.bulk(users);
    expect(body).toMatchObject({ successCount: 1, failedUpdates: { invalidDataEmails: ["b@example.com"] } });
  });

  test.each([
    [1, 1.5, "long"],
    [1.5, 1, undefined],
    ["2026-01-02", "soon", "date"],
    ["soon", "2026-01-02", undefined],
  ])("a field that began with %j takes %j, or is a %s", async (first, second, refusedAs) => {
    await start();
    await asked.bulk([{ email: "a@example.com", dataFields: { field: first } }], { createNewFields: true });
    const { body } = await asked.bulk([{ email: "b@example.com", dataFields: { field: second } }]);
    expect(body.params?.validationErrors.field.expectedType).toBe(refusedAs);
  });

  test.each([
    ["2026-01-02", true],
    ["2026-01-02 03:04:05", true],
    ["2026-01-02 03:04:05 +00:00", true],
    ["2026-01-02T03:04:05.678Z", true],
    ["2026-01-02T03:04:05.678+02:00", true],
    ["2026-01-02T03:04:05Z", false],
    ["2026-01-02T03:04:05", false],
    ["2026-01-02T03:04:05.678", false],
    ["2026-01-02 03:04:05Z", false],
    ["2026-01-02 03:04:05.678", false],
    ["2026/01/02", false],
    ["2026-02-30", false],
    ["2026-01-02 25:00:00", false],
  ])("%s is a date: %s", async (value, isTaken) => {
    await start({ fields: { born: "date" } });
    const { status } = await asked.bulk([{ email: "a@example.com", dataFields: { born: value } }]);
    expect(status).toBe(isTaken ? 200 : 400);
  });
});

test("mergeNestedObjects merges one level: objects below it and lists are replaced", async () => {
  await start({ addsUnknownFields: true });
  const write = (a: unknown) =>
    asked.bulk([{ email: "a@example.com", dataFields: { a }, mergeNestedObjects: true }], {
      createNewFields: true,
    });
  await write({ b: 1, c: { d: 1, e: 2 }, f: [1, 2] });
  await write({ c: { d: 3 }, f: [3] });
  expect(asked.iterable.users.get("a@example.com")?.dataFields).toEqual({ a: { b: 1, c: { d: 3 }, f: [3] } });
});

test("fields whose names the web interface would not take exist and are written", async () => {
  await start({ fields: { _hidden: "string", "123": "string", "a,b#c": "string" } });
  const dataFields = { _hidden: "x", "123": "y", "a,b#c": "z" };
  await asked.bulk([{ email: "a@example.com", dataFields }]);
  expect(asked.iterable.users.get("a@example.com")?.dataFields).toEqual(dataFields);
});

test("a request that would create too many fields is refused, and says which", async () => {
  await start({ fieldLimit: 10 });
  const dataFields = { firstName: "A", one: 1, two: 2 };
  const { body } = await asked.bulk([{ email: "a@example.com", dataFields }], { createNewFields: true });
  expect(body).toMatchObject({
    code: "UniqueFieldsLimitExceeded",
    params: { limit: 10, requestedTotal: 11, newFields: ["one", "two"] },
  });
});

test("ip overwrites where somebody is, where the project looks that up", async () => {
  await start({ ipLookup: true, fields: { ip: "string", city: "string" } });
  await asked.bulk([{ email: "a@example.com", dataFields: { ip: "192.0.2.7", city: "Here" } }]);
  expect(asked.iterable.users.get("a@example.com")?.dataFields).toMatchObject({
    city: "Springfield",
    timeZone: "Etc/GMT",
  });
});

describe("look-ups", () => {
  test("of one person fail again and again, of others not", async () => {
    await start({ unreadable: ["a@example.com"] });
    await asked.bulk([A, { email: "b@example.com" }]);
    const statuses = await Promise.all(
      ["a", "a", "b"].map((name) => asked.get(`/api/users/getByEmail?email=${name}@example.com`)),
    );
    expect(statuses.map(({ status }) => status)).toEqual([500, 500, 200]);
  });

  test.each([
    ["500", 500, "error.users.noUserWithIdExists"],
    ["400", 400, "BadParams"],
    ["404", 404, "error.users.noUserWithIdExists"],
    ["200", 200, undefined],
  ] as const)("of nobody's user id are a %s", async (byUserIdMiss, status, code) => {
    await start({ identifier: "user_id", byUserIdMiss });
    const reply = await asked.get("/api/users/byUserId?userId=nobody");
    expect([reply.status, reply.body.code]).toEqual([status, code]);
  });

  test("by user id take a query and a path, in which the ids . and .. vanish", async () => {
    await start({ identifier: "user_id" });
    for (const userId of ["u/1", "."]) asked.iterable.put({ userId });
    expect((await asked.get("/api/users/byUserId?userId=.")).body.user.userId).toBe(".");
    expect((await asked.get("/api/users/byUserId/u%2F1")).body.user.userId).toBe("u/1");
    expect((await asked.get("/api/users/byUserId/.")).body.user).toBeUndefined();
  });

  test.each([
    ["normalised", "2020-08-19 20:50:04 +00:00"],
    ["as_sent", "2020-08-19T22:50:04.000+02:00"],
  ] as const)("give dates back %s", async (datesRead, read) => {
    await start({ datesRead, fields: { born: "date" } });
    await asked.bulk([{ email: "a@example.com", dataFields: { born: "2020-08-19T22:50:04.000+02:00" } }]);
    expect((await asked.profile("a@example.com"))?.born).toBe(read);
  });
});

test("getFields may write types in another case, and list as many fields as it likes", async () => {
  await start({ typeNames: "title", extraFields: 20_000, fields: { newsletter: "boolean" } });
  const { fields } = (await asked.get("/api/users/getFields")).body;
  expect([fields.newsletter, Object.keys(fields).length > 20_000]).toEqual(["Boolean", true]);
});

describe("errors", () => {
  test("may carry codes that nobody has heard of", async () => {
    await start({ codes: "unknown", poisoned: ["a@example.com"] });
    expect((await asked.bulk([A])).body.code).toBe("error.project.neverHeardOf");
  });

  test("may repeat identifiers everywhere", async () => {
    await start({ echo: true, poisoned: ["a@example.com"] });
    const { body } = await asked.bulk([A]);
    expect([body.code, body.msg, Object.keys(body.params)[0]]).toEqual([
      "GenericError.a@example.com",
      expect.stringContaining("(a@example.com)"),
      "obj.users['a@example.com']",
    ]);
  });
});

test.each([
  ["/api/users/getByEmail?email=a@example.com", 100],
  ["/api/export/jobs", undefined],
  ["/api/users/getFields", 3],
])("%s has its own limit", async (path, limit) => {
  await start({ limitsHeld: true, now: () => 1_000_000 });
  const statuses: number[] = [];
  for (let number = 0; number < 105; number += 1) statuses.push((await asked.get(path)).status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(limit ?? 105);
});

test.each([
  ["a@example.com", "any", true],
  ["A+b.c@Sub.Example.co.uk", "any", true],
  ["müller@bücher.example", "any", true],
  [`"quoted space"@example.com`, "any", true],
  ["a..b@example.com", "any", false],
  [".a@example.com", "any", false],
  ["a.@example.com", "any", false],
  ["a b@example.com", "any", false],
  [" a@example.com", "any", false],
  ["a@example", "any", false],
  ["a@-example.com", "any", false],
  [`${"x".repeat(65)}@example.com`, "any", false],
  ["a@example.com", "known", true],
  ["a@shop.gmial", "known", false],
] as const)("the address %s, domains %s, is taken: %s", async (email, domains, isTaken) => {
  await start({ domains });
  expect((await asked.bulk([{ email }])).body.failCount).toBe(isTaken ? 0 : 1);
  if (isTaken) expect(asked.iterable.users.has(email.toLowerCase())).toBe(true);
});

test("switches change while it runs", async () => {
  await start();
  await asked.bulk([A]);
  await asked.post("/__sim/switches", { unreadable: ["a@example.com"], visibilityMs: 60_000 });
  expect((await asked.get("/api/users/getByEmail?email=a@example.com")).status).toBe(500);
  asked.iterable.switches.unreadable = [];
  await asked.bulk([{ email: "a@example.com", dataFields: { firstName: "B" } }]);
  expect((await asked.profile("a@example.com"))?.firstName).toBe("A");
});
