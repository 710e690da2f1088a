import { describe, expect, test } from "vitest";
import { airbyte } from "../../protocol/airbyte.js";
import { InvalidMessage, type JsonObject, type Message } from "../../protocol/message.js";

/** PyAirbyte writes every key that a message can have. */
const NULLS = {
  log: null,
  spec: null,
  connectionStatus: null,
  catalog: null,
  record: null,
  state: null,
  trace: null,
  control: null,
};

const descriptor = (name: string, namespace: string | null = null) => ({ name, namespace });

describe("decoding", () => {
  test.each<[string, JsonObject, Message]>([
    [
      "a record",
      { type: "RECORD", record: { stream: "contacts", data: { a: 1 }, emitted_at: 1 } },
      { kind: "record", stream: "contacts", data: { a: 1 } },
    ],
    [
      "a record in a namespace, under the key of both names",
      { type: "RECORD", record: { namespace: "eu", stream: "contacts", data: {}, emitted_at: 1 } },
      { kind: "record", stream: "eu.contacts", data: {} },
    ],
    [
      "a record with PyAirbyte's nulls",
      {
        ...NULLS,
        type: "RECORD",
        record: { namespace: null, stream: "contacts", data: { a: null }, emitted_at: 1.5, meta: null },
      },
      { kind: "record", stream: "contacts", data: { a: null } },
    ],
    [
      "a record without data, which its reader has to reject and not the codec",
      { type: "RECORD", record: { stream: "contacts", emitted_at: 1 } },
      { kind: "record", stream: "contacts", data: undefined },
    ],
    [
      "a record whose data is a list, likewise",
      { type: "RECORD", record: { stream: "contacts", data: [1], emitted_at: 1 } },
      { kind: "record", stream: "contacts", data: [1] },
    ],
    [
      "a line of a rejects file, as one that was rejected before",
      {
        type: "RECORD",
        record: { stream: "contacts", data: {}, emitted_at: 1 },
        rejection: { line: 3, reason: "invalid_email" },
      },
      { kind: "record", stream: "contacts", data: {}, replayed: true },
    ],
    [
      "the state of a stream",
      {
        type: "STATE",
        state: {
          type: "STREAM",
          stream: { stream_descriptor: { name: "contacts" }, stream_state: { c: 1 } },
        },
      },
      { kind: "state", stream: "contacts", value: { c: 1 } },
    ],
    [
      "the state of a stream with PyAirbyte's nulls",
      {
        ...NULLS,
        type: "STATE",
        state: {
          type: "STREAM",
          stream: { stream_descriptor: descriptor("contacts"), stream_state: null },
          global_: null,
          data: null,
          sourceStats: null,
          destinationStats: null,
        },
      },
      { kind: "state", stream: "contacts", value: null },
    ],
    [
      "the state of a stream in a namespace",
      {
        type: "STATE",
        state: { stream: { stream_descriptor: descriptor("contacts", "eu"), stream_state: 1 } },
      },
      { kind: "state", stream: "eu.contacts", value: 1 },
    ],
    [
      "a global state, as one that covers every stream",
      { type: "STATE", state: { type: "GLOBAL", global: { stream_states: [] } } },
      { kind: "state", stream: undefined, value: { stream_states: [] } },
    ],
    [
      "a global state under PyAirbyte's name for it",
      { type: "STATE", state: { type: "GLOBAL", stream: null, global_: { stream_states: [] }, data: null } },
      { kind: "state", stream: undefined, value: { stream_states: [] } },
    ],
    [
      "a legacy state, as one that covers every stream",
      { type: "STATE", state: { data: { contacts: 1 } } },
      { kind: "state", stream: undefined, value: { contacts: 1 } },
    ],
    ...(["STARTED", "RUNNING", "COMPLETE", "INCOMPLETE"] as const).map(
      (status): [string, JsonObject, Message] => [
        `the stream status ${status}`,
        {
          ...NULLS,
          type: "TRACE",
          trace: {
            type: "STREAM_STATUS",
            emitted_at: 1,
            error: null,
            stream_status: { stream_descriptor: descriptor("contacts"), status, reasons: null },
          },
        },
        { kind: "status", stream: "contacts", status },
      ],
    ),
    ...["ERROR", "ESTIMATE", "ANALYTICS"].map((type): [string, JsonObject, Message] => [
      `a trace of type ${type}, as one that asks nothing`,
      { type: "TRACE", trace: { type, emitted_at: 1 } },
      { kind: "other", type: "TRACE", known: true },
    ]),
    ...["LOG", "SPEC", "CONNECTION_STATUS", "CATALOG", "CONTROL", "DESTINATION_CATALOG"].map(
      (type): [string, JsonObject, Message] => [
        `${type}, as one that asks nothing`,
        { ...NULLS, type },
        { kind: "other", type, known: true },
      ],
    ),
    [
      "a type of a later protocol",
      { type: "HOLOGRAM", x: 1 },
      { kind: "other", type: "HOLOGRAM", known: false },
    ],
  ])("reads %s", (_what, line, message) => {
    expect(airbyte.decode(line)).toEqual(message);
  });

  test.each<[string, JsonObject]>([
    ["no type", { record: { stream: "SECRET", data: { email: "SECRET" } } }],
    ["a type that is no text", { type: 7, SECRET: 1 }],
    ["a record without its record", { type: "RECORD", data: "SECRET" }],
    ["a record that is a list", { type: "RECORD", record: ["SECRET"] }],
    ["a record that names no stream", { type: "RECORD", record: { data: { email: "SECRET" } } }],
    [
      "a record of the stream with the empty name",
      { type: "RECORD", record: { stream: "", data: "SECRET" } },
    ],
    ["a state without its state", { type: "STATE", value: { SECRET: 1 } }],
    [
      "a state of a stream without a descriptor",
      { type: "STATE", state: { stream: { stream_state: "SECRET" } } },
    ],
    [
      "a state of a stream without a name",
      { type: "STATE", state: { stream: { stream_descriptor: {}, stream_state: "SECRET" } } },
    ],
    ["a trace without its trace", { type: "TRACE", SECRET: 1 }],
    [
      "a status without a descriptor",
      { type: "TRACE", trace: { type: "STREAM_STATUS", stream_status: { status: "COMPLETE" } } },
    ],
    [
      "a status that nobody knows",
      {
        type: "TRACE",
        trace: {
          type: "STREAM_STATUS",
          stream_status: { stream_descriptor: { name: "a" }, status: "SECRET" },
        },
      },
    ],
  ])("refuses %s without quoting the line", (_what, line) => {
    const decoding = () => airbyte.decode(line);
    expect(decoding).toThrow(InvalidMessage);
    expect(decoding).toThrow(/^(?!.*SECRET)/);
  });
});
