import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAccount } from "../../../sync/pipe/account.js";
import { parseConnectorMessage } from "../../../sync/pipe/connector-message.js";

const logged = (message: string | undefined, level = "INFO") =>
  parseConnectorMessage(JSON.stringify({ type: "LOG", log: { level, message } }));
const told = (type: string, value: unknown) =>
  parseConnectorMessage(
    JSON.stringify({
      type: "TRACE",
      trace: { type: "ANALYTICS", emitted_at: 1, analytics: { type, value: JSON.stringify(value) } },
    }),
  );

/** Sentences that say, word for word, what is told as data. */
const SUMMARIES = [
  "contacts: 4 read = 1 delivered + 1 kept + 1 rejected + 1 unsettled; reasons: email invalid_email 1",
  "requests: POST /api/users/bulkUpdate 5 (429: 2)",
  "rejected: stream contacts, line 3, contact 0123456789ab, stage mapping, field email, reason no_identifier",
  "Iterable created fields: a, b; their names and types can never be changed",
  "Iterable left out fields that the project does not have: a; create them in Iterable",
];

describe("a line of the log is for people", () => {
  test.each(SUMMARIES)("and nothing is read out of it: %s", (message) => {
    expect(logged(message, "WARN")).toEqual({ kind: "said", level: "warn", message });
  });

  test("whatever it says: no wording changes the counts of a run", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...SUMMARIES)), (message) => {
        const account = createAccount();
        const said = logged(message);
        expect(said?.kind).toBe("said");
        account.take("destination", said!);
        expect([account.streams, account.requests, [...account.created], account.rejected]).toEqual([
          {},
          [],
          [],
          0,
        ]);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});

describe("what is told as data", () => {
  const outcome = {
    stream: "my: contacts",
    read: 4,
    delivered: 1,
    kept: 1,
    rejected: 1,
    unsettled: 1,
    reasons: [
      { kind: "kept", field: null, reason: "exists", count: 1 },
      // A form may have a field of this name.
      { kind: "rejected", field: SUMMARIES[0], reason: "not_text", count: 1 },
    ],
    left_out: [{ field: "T&C, accepted 2", reason: "not_a_boolean", count: 1 }],
    unfilled: ["zip"],
  };

  test("is how the contacts of a stream ended, whatever its fields are called", () => {
    const { stream, ...counts } = outcome;
    expect(told("stream_outcome", outcome)).toEqual({ kind: "outcome", stream, counts });
  });

  test("is counted as it is told, in a stream of any name", () => {
    const account = createAccount();
    for (const stream of ["contacts", "__proto__", SUMMARIES[0]!])
      account.take("destination", told("stream_outcome", { ...outcome, stream })!);
    expect(Object.keys(account.streams)).toEqual(["contacts", "__proto__", SUMMARIES[0]]);
  });

  test.each([
    [
      "rejection",
      { stream: "a", line: 3, contact: "0f", stage: "mapping", field: null, reason: "no_identifier" },
      "rejected",
    ],
    ["requests", { requests: [{ endpoint: "GET /a", count: 2, failed: { "429": 1 } }] }, "requests"],
    ["fields_created", { fields: ["a, b"] }, "created"],
    ["fields_left_out", { fields: ["a"] }, "left_out"],
    [
      "inventory",
      { stream: "a", read: 9, fields: [{ name: "b", types: ["string"], filled: 3 }] },
      "inventory",
    ],
    ["waiting", { for: "Iterable", reason: "429", since: "2026-01-01T00:00:00Z", attempt: 2 }, "waiting"],
    ["waiting", { for: "Iterable", over: true }, "waited"],
  ])("under %s: %j", (type, value, kind) => {
    expect(told(type, value)?.kind).toBe(kind);
  });

  test.each([
    ["a type that nobody knows", "hologram", {}],
    ["a type that every object has", "toString", {}],
    ["counts that are none", "stream_outcome", { ...outcome, read: "many" }],
    ["no object at all", "requests", 7],
    ["a time that is none", "waiting", { for: "Iterable", reason: "", since: "soon" }],
  ])("is passed over where it is %s", (_what, type, value) => {
    expect(told(type, value)).toBeUndefined();
  });

  test("is a wait until it is told that it is over", () => {
    const account = createAccount();
    const wait = {
      for: "Iterable",
      reason: "refuses connections",
      since: "2026-01-01T00:00:00Z",
      attempt: 3,
    };
    account.take("source", told("waiting", { ...wait, for: "Flowcode" })!);
    account.take("destination", told("waiting", wait)!);
    expect(account.waiting).toEqual(wait);
    account.take("destination", told("waiting", { for: "Iterable", over: true })!);
    expect(account.waiting?.for).toBe("Flowcode");
    account.take("source", told("waiting", { for: "Flowcode", over: true })!);
    expect(account.waiting).toBeUndefined();
  });
});

test.each([["no JSON"], ["{}"], ['{"type":"RECORD"}'], ["null"], ['{"type":"TRACE"}']])(
  "%s tells nothing",
  (line) => {
    expect(parseConnectorMessage(line)).toBeUndefined();
  },
);
