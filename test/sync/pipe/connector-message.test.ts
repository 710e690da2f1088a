import { expect, test } from "vitest";
import { createMeter, describeRequests } from "../../../connector/reporting/metrics.js";
import { createTally } from "../../../destination-iterable/accounting/tally.js";
import { parseConnectorMessage } from "../../../sync/pipe/connector-message.js";

const logged = (message: string | undefined, level = "INFO") =>
  parseConnectorMessage(JSON.stringify({ type: "LOG", log: { level, message } }));

test("the requests that a connector sums up are told apart by endpoint, with those without success", () => {
  const meter = createMeter();
  const answer = (endpoint: string, ...all: (number | undefined)[]) => {
    for (const status of all) meter.answered({ endpoint, status });
  };
  answer("POST /api/users/bulkUpdate", 200, 200, 429, 429, undefined);
  answer("GET /api/users/getFields", 200);
  expect(logged(describeRequests(meter.requests()))).toEqual({
    kind: "requests",
    requests: [
      { endpoint: "POST /api/users/bulkUpdate", count: 5, failed: { "429": 2, "no answer": 1 } },
      { endpoint: "GET /api/users/getFields", count: 1, failed: {} },
    ],
  });
});

test("the counts that the destination sums up are read, whatever the names of fields", () => {
  const tally = createTally(50);
  const end = (outcome: Parameters<typeof tally.end>[2]) => {
    tally.read("my: contacts");
    return tally.end("my: contacts", tally.judge(), outcome);
  };
  end({ kind: "delivered" });
  end({ kind: "kept", reason: "exists" });
  end({ kind: "rejected", stage: "mapping", field: "Shirt Size", reason: "not_text" });
  end({ kind: "unsettled" });
  tally.dropped("my: contacts", "T&C, accepted 2", "not_a_boolean");
  expect(logged(tally.summary()[0])).toEqual({
    kind: "counts",
    stream: "my: contacts",
    counts: {
      read: 4,
      delivered: 1,
      kept: 1,
      rejected: 1,
      unsettled: 1,
      reasons: { "Shirt Size not_text": 1, "kept: exists": 1 },
      left_out: { "T&C, accepted 2 not_a_boolean": 1 },
    },
  });
});

test.each([["no JSON"], ["{}"], ['{"type":"RECORD"}'], ["null"]])("%s tells nothing", (line) => {
  expect(parseConnectorMessage(line)).toBeUndefined();
});

test("anything else that is logged is said", () => {
  expect(logged("requests were made", "WARN")).toEqual({
    kind: "said",
    level: "warn",
    message: "requests were made",
  });
});
