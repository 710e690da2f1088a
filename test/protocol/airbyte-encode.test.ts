import { describe, expect, test } from "vitest";
import {
  airbyte,
  catalogEntry,
  catalogLine,
  connectionStatusLine,
  errorLine,
  logLine,
  specLine,
} from "../../protocol/airbyte.js";
import type { Message } from "../../protocol/message.js";

describe("encoding", () => {
  test.each<[string, Message, string | undefined]>([
    [
      "a record, with the time in ms",
      { kind: "record", stream: "contacts", data: { email: "a@x.com", n: null } },
      '{"type":"RECORD","record":{"stream":"contacts","data":{"email":"a@x.com","n":null},"emitted_at":1700000000123}}',
    ],
    [
      "a record whose stream has quotes in its name",
      { kind: "record", stream: 'a"b', data: {} },
      '{"type":"RECORD","record":{"stream":"a\\"b","data":{},"emitted_at":1700000000123}}',
    ],
    [
      "a state with the number of records before it, which the platform compares with its own",
      { kind: "state", stream: "contacts", value: { since: "x" }, recordCount: 3 },
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{"since":"x"}},"sourceStats":{"recordCount":3}}}',
    ],
    [
      "a state before any record",
      { kind: "state", stream: "contacts", value: {} },
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{}},"sourceStats":{"recordCount":0}}}',
    ],
    [
      "a stream status",
      { kind: "status", stream: "contacts", status: "COMPLETE" },
      '{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"contacts"},"status":"COMPLETE"},"emitted_at":1700000000123}}',
    ],
    [
      "nothing for a schema, which Airbyte sends ahead of the run",
      { kind: "schema", stream: "contacts", schema: {}, keyProperties: [], bookmarkProperties: [] },
      undefined,
    ],
    ["nothing for a message that asks nothing", { kind: "other", type: "LOG", known: true }, undefined],
  ])("writes %s", (_what, message, line) => {
    expect(airbyte.encode(message, 1_700_000_000_123)).toBe(line);
  });

  test.each<Message>([
    { kind: "record", stream: "contacts", data: { über: "🦊\n", nested: { a: [1, null] } } },
    { kind: "status", stream: "contacts", status: "RUNNING" },
    { kind: "state", stream: "contacts", value: { since: "2026-01-01T00:00:00Z" } },
  ])("writes what it reads: a $kind on one line", (message) => {
    const line = airbyte.encode(message, 1) as string;
    expect(line).not.toContain("\n");
    expect(airbyte.decode(JSON.parse(line))).toEqual(message);
  });
});

describe("messages that no codec reads", () => {
  test.each([
    ["a log", logLine("WARN", "a\nb"), { type: "LOG", log: { level: "WARN", message: "a\nb" } }],
    ["a specification", specLine({ a: 1 }), { type: "SPEC", spec: { a: 1 } }],
    [
      "a status",
      connectionStatusLine("FAILED", "no"),
      { type: "CONNECTION_STATUS", connectionStatus: { status: "FAILED", message: "no" } },
    ],
    [
      "an error",
      errorLine(5, { message: "m", internalMessage: "i", failureType: "config_error" }),
      {
        type: "TRACE",
        trace: {
          type: "ERROR",
          error: { message: "m", internal_message: "i", failure_type: "config_error" },
          emitted_at: 5,
        },
      },
    ],
    [
      "an error of one stream, with its stack",
      errorLine(5, {
        message: "m",
        internalMessage: "i",
        failureType: "system_error",
        stackTrace: "at x",
        stream: "s",
      }),
      {
        type: "TRACE",
        trace: {
          type: "ERROR",
          error: {
            message: "m",
            internal_message: "i",
            failure_type: "system_error",
            stack_trace: "at x",
            stream_descriptor: { name: "s" },
          },
          emitted_at: 5,
        },
      },
    ],
  ])("%s is one line of the protocol's form", (_what, line, expected) => {
    expect(line).not.toContain("\n");
    expect(JSON.parse(line)).toEqual(expected);
  });

  const stream = {
    name: "contacts",
    jsonSchema: { type: "object", properties: { id: {} } },
    syncModes: ["full_refresh", "incremental"],
    primaryKey: ["id", "part"],
    cursorField: "at",
  } as const;

  test("a catalog gives each key field a path of its own and names the cursor of the source", () => {
    expect(JSON.parse(catalogLine([stream]))).toEqual({
      type: "CATALOG",
      catalog: {
        streams: [
          {
            name: "contacts",
            json_schema: { type: "object", properties: { id: {} } },
            supported_sync_modes: ["full_refresh", "incremental"],
            source_defined_primary_key: [["id"], ["part"]],
            source_defined_cursor: true,
            default_cursor_field: ["at"],
          },
        ],
      },
    });
  });

  test("a status says until when the vendor lets nothing through", () => {
    const line = airbyte.encode(
      { kind: "status", stream: "contacts", status: "RUNNING", rateLimitedUntil: 1_772_366_460_000 },
      7,
    );
    expect(JSON.parse(line ?? "")).toMatchObject({
      trace: {
        stream_status: {
          status: "RUNNING",
          reasons: [{ type: "RATE_LIMITED", rate_limited: { quota_reset: 1_772_366_460_000 } }],
        },
      },
    });
  });

  test("a catalog claims no cursor for a stream that has none", () => {
    const entry = catalogEntry({ ...stream, cursorField: undefined });
    expect(entry).not.toHaveProperty("source_defined_cursor");
    expect(entry).not.toHaveProperty("default_cursor_field");
  });
});
