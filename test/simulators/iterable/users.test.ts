import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type IterableOptions,
  type IterableSimulator,
  SERVER_SIDE_KEY,
  startIterable,
} from "../../../simulators/iterable.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());

async function call(path: string, body?: unknown, key = SERVER_SIDE_KEY) {
  const response = await fetch(`${iterable.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "api-key": key },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith("{") ? JSON.parse(text) : text,
  };
}
const bulk = (users: unknown[], more = {}) =>
  call("/api/users/bulkUpdate", { users, createNewFields: false, ...more });
const start = async (options?: IterableOptions) => {
  iterable = await startIterable(options);
};

describe("users/bulkUpdate", () => {
  test("merges profiles: what is left out stays, a null erases, objects merge only when asked to", async () => {
    await start({ fields: { address: "object", "address.city": "string", "address.zip": "string" } });
    const email = "a@example.com";
    await bulk([{ email, dataFields: { firstName: "A", lastName: "B", address: { city: "X", zip: "1" } } }]);
    await bulk([{ email, dataFields: { firstName: null, address: { zip: "2" } }, mergeNestedObjects: true }]);
    expect(iterable.users.get(email)?.dataFields).toEqual({
      lastName: "B",
      address: { city: "X", zip: "2" },
    });
    await bulk([{ email, dataFields: { address: { zip: "3" } } }]);
    expect(iterable.users.get(email)?.dataFields).toEqual({ lastName: "B", address: { zip: "3" } });
  });

  test("drops unknown fields in silence but for filteredOutFields, or creates them where that is asked for", async () => {
    await start();
    const user = { email: "a@example.com", dataFields: { size: "M" } };
    expect((await bulk([user])).body).toMatchObject({
      successCount: 1,
      filteredOutFields: ["size"],
      createdFields: [],
    });
    expect(iterable.users.get("a@example.com")?.dataFields).toEqual({});
    const created = await bulk([user], { createNewFields: true });
    expect(created.body).toMatchObject({ filteredOutFields: [], createdFields: ["size"] });
    expect(iterable.fields.get("size")).toBe("string");
  });

  test("refuses the whole request for one value of another type, and writes nobody", async () => {
    await start({ fields: { score: "long" } });
    const { status, body } = await bulk([
      { email: "a@example.com", dataFields: { score: 1 } },
      { email: "b@example.com", dataFields: { score: "many" } },
    ]);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: "RequestFieldsTypesMismatched",
      params: { validationErrors: { score: { expectedType: "long", offendingValue: "many" } } },
    });
    expect(iterable.users.size).toBe(0);
  });

  test("refuses a request whose users disagree on the type of a field that it would create", async () => {
    await start();
    const users = [1, "one"].map((size, index) => ({ email: `u${index}@example.com`, dataFields: { size } }));
    const { body } = await bulk(users, { createNewFields: true });
    expect(body).toMatchObject({
      code: "RequestFieldsTypesMismatched",
      params: { validationErrors: { size: {} } },
    });
  });

  test("names who failed, and why, in the list that is for it, while the others arrive", async () => {
    await start({ identifier: "hybrid", forgotten: ["gone@example.com"] });
    iterable.put({ email: "owner@example.com", userId: "taken" });
    const { body } = await bulk([
      { email: "no email" },
      { email: "gone@example.com" },
      { userId: "trailing " },
      { userId: "nobody", preferUserId: false },
      { email: "long@example.com", dataFields: { firstName: "x".repeat(32_001) } },
      { email: "other@example.com", userId: "taken" },
      { email: "fine@example.com" },
    ]);
    expect(body).toMatchObject({
      successCount: 1,
      failCount: 6,
      failedUpdates: {
        invalidEmails: ["no email"],
        forgottenEmails: ["gone@example.com"],
        invalidUserIds: ["trailing "],
        notFoundUserIds: ["nobody"],
        invalidDataEmails: ["long@example.com"],
        // The profile that stands in the way, not the one that was sent.
        conflictEmails: ["owner@example.com"],
      },
    });
  });

  test("names the row of a body that has the wrong shape", async () => {
    await start();
    const { status, body } = await bulk([{ email: "a@example.com" }, { email: 7 }]);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: "BadJsonBody",
      params: { "obj.users[1].email": "String value expected" },
    });
  });

  test("takes no more than 4 MB", async () => {
    await start();
    const { status, body } = await bulk([
      { email: "a@example.com", dataFields: { firstName: "x".repeat(4_000_000) } },
    ]);
    expect([status, body.code]).toEqual([413, "BatchTooLarge"]);
  });

  test("carries out five requests a second and refuses the sixth", async () => {
    let now = 1_000_000;
    await start({ now: () => now, strict: true });
    const statuses: number[] = [];
    for (let number = 0; number < 6; number += 1) statuses.push((await bulk([])).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    now += 1001;
    expect((await bulk([])).status).toBe(200);
  });

  test("notices a contact that is on the way twice at once", async () => {
    await start({ latencyMs: 20 });
    await Promise.all([bulk([{ email: "a@example.com" }]), bulk([{ email: "A@example.com" }])]);
    expect(iterable.collisions).toEqual(["a@example.com"]);
  });
});

test("a profile says when it was last changed, in Iterable's own form", async () => {
  await start({ now: () => Date.parse("2026-01-02T03:04:05.678Z") });
  await bulk([{ email: "a@example.com", dataFields: { firstName: "A" } }]);
  expect((await call("/api/users/getByEmail?email=a@example.com")).body.user.dataFields).toEqual({
    email: "a@example.com",
    firstName: "A",
    profileUpdatedAt: "2026-01-02 03:04:05 +00:00",
  });
});

test("a new profile cannot be read before its time", async () => {
  let now = 1_000_000;
  await start({ now: () => now, visibilityMs: 5000 });
  await bulk([{ email: "a@example.com" }]);
  expect((await call("/api/users/getByEmail?email=a@example.com")).body).toEqual({});
  now += 5000;
  expect((await call("/api/users/getByEmail?email=a@example.com")).body).toMatchObject({
    user: { email: "a@example.com" },
  });
});

describe("keys", () => {
  const keys = { ro: "ReadOnly", js: "JavaScript", full: "ServerSide" } as const;
  beforeEach(() => start({ keys }));

  test.each([
    ["ro", "/api/users/getFields", undefined, 200],
    ["ro", "/api/users/getByEmail?email=a@example.com", undefined, 401],
    ["ro", "/api/users/bulkUpdate", { users: [] }, 401],
    ["js", "/api/users/getFields", undefined, 401],
    ["full", "/api/users/bulkUpdate", { users: [] }, 200],
    ["unknown", "/api/users/getFields", undefined, 401],
  ])("%s at %s", async (key, path, body, status) => {
    const answer = await call(path, body, key);
    expect(answer.status).toBe(status);
    if (status === 401)
      expect(answer.body).toMatchObject({ code: "BadApiKey", params: { ip: expect.any(String) } });
  });
});

test("a list takes subscribers by its id, and an unknown one is a 400 that says Success", async () => {
  await start({ lists: [7] });
  const { lists } = (await call("/api/lists")).body;
  expect(lists).toMatchObject([
    { id: 7, listType: "Standard" },
    { listType: "Dynamic" },
    { listType: "Suppression" },
  ]);
  const subscribers = [{ email: "a@example.com" }, { email: "no email" }];
  const answer = await call("/api/lists/subscribe", { listId: 7, subscribers });
  expect(answer.body).toMatchObject({ successCount: 1, failCount: 1 });
  expect([...(iterable.lists.get(7) ?? [])]).toEqual(["a@example.com"]);
  const wrong = await call("/api/lists/subscribe", { listId: 8, subscribers });
  expect(wrong).toMatchObject({
    status: 400,
    body: { code: "Success", msg: "error.lists.invalidListId(8)" },
  });
});
