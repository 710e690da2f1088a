import { afterEach, describe, expect, test } from "vitest";
import { findWrongAnswer } from "../../../../simulators/iterable/contract/shapes.js";
import { type Asked, startAsking } from "../asking.js";

let asked: Asked;
afterEach(() => asked.iterable.close());

describe("requests are held against the public description", () => {
  const event = { eventName: "e", email: "a@example.com" };
  test.each([
    ["/api/users/bulkUpdate", { users: [{ email: 7 }] }, { "obj.users[0].email": "String value expected" }],
    [
      "/api/users/bulkUpdate",
      { users: [{}, { preferUserId: "no" }] },
      { "obj.users[1].preferUserId": "Boolean value expected" },
    ],
    [
      "/api/users/bulkUpdate",
      { users: [], createdFields: true },
      { "obj.createdFields": "Unknown property" },
    ],
    [
      "/api/users/bulkUpdate",
      { users: [{ datafields: {} }] },
      { "obj.users[0].datafields": "Unknown property" },
    ],
    ["/api/users/bulkUpdate", [], { obj: "Object value expected" }],
    ["/api/lists/subscribe", { subscribers: [] }, { "obj.listId": "Property value expected" }],
    [
      "/api/events/trackBulk",
      { events: [{ ...event, createdAt: 1.5 }] },
      { "obj.events[0].createdAt": "Number value expected" },
    ],
    [
      "/api/events/trackBulk",
      { events: [{ ...event, id: 7 }] },
      { "obj.events[0].id": "String value expected" },
    ],
    [
      "/api/export/start",
      { dataTypeName: "users", outputFormat: "text/csv" },
      { "obj.dataTypeName": "Known value expected" },
    ],
    [
      "/api/export/start",
      { dataTypeName: "user", outputFormat: "text/csv", range: "All" },
      { "obj.range": "Unknown property" },
    ],
  ])("POST %s %j", async (path, body, params) => {
    asked = await startAsking();
    const reply = await asked.post(path, body);
    expect(reply).toMatchObject({ status: 400, body: { code: "BadJsonBody", params } });
  });

  test("queries too", async () => {
    asked = await startAsking();
    expect((await asked.get("/api/users/getByEmail?mail=a@example.com")).status).toBe(400);
  });

  test("but for unknown keys, where those are to be ignored", async () => {
    asked = await startAsking({ unknownKeys: "ignored" });
    expect((await asked.bulk([{ email: "a@example.com", datafields: {} }])).status).toBe(200);
  });
});

test("its own answers fit it", async () => {
  asked = await startAsking({
    lists: [7],
    exportJobsForm: "object",
    exportStates: "title",
    byUserIdMiss: "200",
  });
  const bulk = { users: [{ email: "a@example.com", dataFields: { firstName: "A" } }, { email: "none" }] };
  const event = { eventName: "e", email: "a@example.com", createdAt: 1_700_000_000 };
  const start = { dataTypeName: "user", outputFormat: "application/x-json-stream" };
  const requests = [
    ["/api/users/bulkUpdate", bulk],
    ["/api/users/getFields"],
    ["/api/users/getByEmail?email=a@example.com"],
    ["/api/users/forgotten"],
    ["/api/lists"],
    ["/api/lists", { name: "New" }],
    ["/api/lists/subscribe", { listId: 7, subscribers: [{ email: "a@example.com" }] }],
    ["/api/events/trackBulk", { events: [event] }],
    ["/api/export/start", start],
    ["/api/export/3562/files"],
    ["/api/export/jobs"],
  ] as const;
  for (const [path, body] of requests) {
    const reply = body === undefined ? await asked.get(path) : await asked.post(path, body);
    expect([path, reply.status < 300]).toEqual([path, true]);
    const method = body === undefined ? "GET" : "POST";
    expect([path, findWrongAnswer(method, path.split("?")[0] as string, reply.body)]).toEqual([
      path,
      undefined,
    ]);
  }
});
