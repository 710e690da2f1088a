import { expect, test } from "vitest";
import { createMeter, describeRequests } from "../../../connector/reporting/metrics.js";

const BULK = "POST /api/users/bulkUpdate";

test("a counter tells what has come since it was told last, and nothing where nothing has", () => {
  const meter = createMeter();
  const records = new Map([["contacts", 3]]);
  meter.watchRecords(() => records);
  meter.answered({ endpoint: BULK, status: 200 });
  expect(meter.points().map(({ metric, value }) => [metric, value])).toEqual([
    ["record_count", 3],
    ["http_request_count", 1],
  ]);
  expect(meter.points()).toEqual([]);
  records.set("contacts", 10);
  expect(meter.points()).toEqual([
    { type: "counter", metric: "record_count", value: 7, tags: { stream: "contacts" } },
  ]);
});

test("requests are told apart by how they ended, with the characters that Singer allows", () => {
  const meter = createMeter();
  meter.answered({ endpoint: BULK, status: 429 });
  meter.answered({ endpoint: BULK, status: undefined });
  expect(meter.points().map(({ tags }) => tags)).toEqual([
    { endpoint: "POST_api_users_bulkUpdate", http_status_code: "429", status: "failed" },
    { endpoint: "POST_api_users_bulkUpdate", status: "failed" },
  ]);
});

test("people read the requests of each endpoint, the most first, with those that had to be made again", () => {
  const meter = createMeter();
  expect(meter.requests()).toEqual([]);
  meter.answered({ endpoint: "GET /api/users/getFields", status: 200 });
  for (const status of [200, 429, 429, undefined, 200]) meter.answered({ endpoint: BULK, status });
  expect(describeRequests(meter.requests())).toBe(
    `requests: ${BULK} 5 (429: 2; no answer: 1), GET /api/users/getFields 1`,
  );
});
