import { describe, expect, test } from "vitest";
import { parseConfiguredCatalog } from "../../protocol/catalog.js";
import { dialectOf, InvalidMessage, type JsonObject, type Message } from "../../protocol/message.js";
import { createSinger, declaredStream, singerCatalog } from "../../protocol/singer.js";

const COUNTS = { settled: 7, rejected: 2 };
const AT = Date.UTC(2026, 0, 31, 12);

describe("reading Singer", () => {
  const schema = { type: "object", properties: { id: {} } };
  test.each<[string, JsonObject, Message]>([
    [
      "a record",
      { type: "RECORD", stream: "a", record: { id: 1 }, version: 3 },
      { kind: "record", stream: "a", data: { id: 1 } },
    ],
    [
      "a record in lower case",
      { type: "record", stream: "a", record: {} },
      { kind: "record", stream: "a", data: {} },
    ],
    [
      "a line of a rejects file, as one that was rejected before",
      { type: "RECORD", stream: "a", record: {}, rejection: { line: 1 } },
      { kind: "record", stream: "a", data: {}, replayed: true },
    ],
    [
      "a schema",
      { type: "SCHEMA", stream: "a", schema, key_properties: ["id"], bookmark_properties: ["at"] },
      { kind: "schema", stream: "a", schema, keyProperties: ["id"], bookmarkProperties: ["at"] },
    ],
    [
      "a schema with texts and nulls in the place of lists",
      { type: "SCHEMA", stream: "a", schema, key_properties: "id", bookmark_properties: null },
      { kind: "schema", stream: "a", schema, keyProperties: ["id"], bookmarkProperties: [] },
    ],
    [
      "a schema that a mapper has taken the bookmark's name from, by the mark that our tap leaves",
      {
        type: "SCHEMA",
        stream: "a",
        schema: { properties: { id: {}, at: { "x-cursor": true } } },
        bookmark_properties: [],
      },
      {
        kind: "schema",
        stream: "a",
        schema: { properties: { id: {}, at: { "x-cursor": true } } },
        keyProperties: [],
        bookmarkProperties: ["at"],
      },
    ],
    [
      "a schema whose bookmark is another than the marked one, as it says",
      {
        type: "SCHEMA",
        stream: "a",
        schema: { properties: { at: { "x-cursor": true } } },
        bookmark_properties: ["id"],
      },
      {
        kind: "schema",
        stream: "a",
        schema: { properties: { at: { "x-cursor": true } } },
        keyProperties: [],
        bookmarkProperties: ["id"],
      },
    ],
    [
      "a state, which covers every stream",
      { type: "STATE", value: { bookmarks: {} } },
      { kind: "state", stream: undefined, value: { bookmarks: {} } },
    ],
    [
      "a type that nobody needs",
      { type: "ACTIVATE_VERSION", stream: "a", version: 1 },
      { kind: "other", type: "ACTIVATE_VERSION", known: false },
    ],
  ])("understands %s", (_what, line, message) => {
    expect(createSinger().decode(line)).toEqual(message);
  });

  test.each<[string, JsonObject]>([
    ["a line without a type", { SECRET: 1 }],
    ["a record without a stream", { type: "RECORD", record: { email: "SECRET" } }],
    ["a schema without a schema", { type: "SCHEMA", stream: "SECRET" }],
    ["a state without a value", { type: "STATE", SECRET: 1 }],
    ["a batch, which points at files", { type: "BATCH", stream: "a", manifest: ["SECRET"] }],
  ])("refuses %s without quoting it", (_what, line) => {
    const decoding = () => createSinger().decode(line);
    expect(decoding).toThrow(InvalidMessage);
    expect(decoding).toThrow(/^(?!.*SECRET)/);
  });

  test.each<[string, JsonObject, string | undefined]>([
    ["Airbyte's record", { type: "RECORD", record: { stream: "a", data: {} } }, "airbyte"],
    ["Singer's record", { type: "RECORD", stream: "a", record: {} }, "singer"],
    ["Airbyte's state", { type: "STATE", state: {} }, "airbyte"],
    ["Singer's state", { type: "state", value: {} }, "singer"],
    ["a schema", { type: "SCHEMA", stream: "a" }, "singer"],
    ["a log, which both may have", { type: "LOG", log: {} }, undefined],
    ["a trace", { type: "TRACE", trace: {} }, undefined],
    ["no message", {}, undefined],
  ])("tells the dialect by %s", (_what, line, dialect) => {
    expect(dialectOf(line)).toBe(dialect);
  });
});

describe("writing Singer", () => {
  test("keeps the bookmarks of all streams in every state, those of earlier runs too", () => {
    const singer = createSinger(new Map([["old", { at: 1 }]]));
    const lines: unknown[] = [];
    const messages: Message[] = [
      { kind: "status", stream: "a", status: "STARTED" },
      { kind: "status", stream: "a", status: "RUNNING" },
      { kind: "state", stream: "a", value: { at: 2 } },
      { kind: "status", stream: "a", status: "COMPLETE" },
    ];
    for (const message of messages) lines.push(singer.encode(message, AT));
    expect(lines.map((line) => (line === undefined ? undefined : JSON.parse(line as string).value))).toEqual([
      { bookmarks: { old: { at: 1 } }, currently_syncing: "a" },
      undefined,
      { bookmarks: { old: { at: 1 }, a: { at: 2 } }, currently_syncing: "a" },
      { bookmarks: { old: { at: 1 }, a: { at: 2 } }, currently_syncing: null },
    ]);
  });

  test.each<[string, Message, string | undefined]>([
    [
      "a record with the time at which it was read",
      { kind: "record", stream: "a", data: { id: 1 } },
      '{"type":"RECORD","stream":"a","record":{"id":1},"time_extracted":"2026-01-31T12:00:00.000Z"}',
    ],
    [
      "a schema",
      { kind: "schema", stream: "a", schema: {}, keyProperties: ["id"], bookmarkProperties: ["at"] },
      '{"type":"SCHEMA","stream":"a","schema":{},"key_properties":["id"],"bookmark_properties":["at"]}',
    ],
    [
      "a schema with the cursor marked, for mappers that drop the bookmark's name",
      {
        kind: "schema",
        stream: "a",
        schema: { properties: { at: { type: "string" } } },
        keyProperties: [],
        bookmarkProperties: ["at"],
      },
      '{"type":"SCHEMA","stream":"a","schema":{"properties":{"at":{"type":"string","x-cursor":true}}},"key_properties":[],"bookmark_properties":["at"]}',
    ],
    [
      "a schema without bookmarks",
      { kind: "schema", stream: "a", schema: {}, keyProperties: [], bookmarkProperties: [] },
      '{"type":"SCHEMA","stream":"a","schema":{},"key_properties":[]}',
    ],
    ["nothing for a message that asks nothing", { kind: "other", type: "LOG", known: true }, undefined],
  ])("prints %s", (_what, message, line) => {
    expect(createSinger().encode(message, AT)).toBe(line);
  });
});

describe("acknowledging a Singer state", () => {
  test.each<[string, string, string | undefined]>([
    [
      "prints the value's own bytes",
      '{"type": "STATE", "value": { "n": 1.0, "big": 12345678901234567890 } }',
      '{ "n": 1.0, "big": 12345678901234567890 }',
    ],
    ["is not misled by a value inside the value", '{"value":{"value":{}},"type":"STATE"}', '{"value":{}}'],
    ["never prints an empty state, which would wipe what is saved", '{"type":"STATE","value":{}}', undefined],
    ["nor one that is empty but for space", '{"type":"STATE","value":{ }}', undefined],
    ["nor a null", '{"type":"STATE","value":null}', undefined],
  ])("%s", (_what, line, expected) => {
    expect(createSinger().acknowledge(line, COUNTS)).toBe(expected);
  });
});

describe("a Singer catalog", () => {
  const stream = {
    name: "contacts",
    jsonSchema: { type: "object", properties: { id: {}, at: {}, name: {} } },
    syncModes: ["full_refresh", "incremental"],
    primaryKey: ["id"],
    cursorField: "at",
  } as const;
  const printed = () =>
    structuredClone(singerCatalog([stream])) as { streams: (JsonObject & { metadata: JsonObject[] })[] };
  const change = (breadcrumb: string[], metadata: JsonObject) => {
    const catalog = printed();
    const found = catalog.streams[0]!.metadata.find((item) => String(item.breadcrumb) === String(breadcrumb));
    Object.assign(found!.metadata as JsonObject, metadata);
    return catalog;
  };

  test("as discover prints it syncs everything, without being edited", () => {
    expect(parseConfiguredCatalog(printed())).toMatchObject([
      {
        key: "contacts",
        syncMode: "incremental",
        destinationSyncMode: "append_dedup",
        cursorField: ["at"],
        primaryKey: [["id"]],
        deselected: new Set(),
      },
    ]);
  });

  test.each([
    ["selected", false],
    ["selected", "false"],
    ["inclusion", "unsupported"],
  ])("leaves out a field whose %s is %j", (name, value) => {
    const [configured] = parseConfiguredCatalog(change(["properties", "name"], { [name]: value }));
    expect(configured?.deselected).toEqual(new Set(["name"]));
  });

  test("never leaves out the key and the cursor", () => {
    const [configured] = parseConfiguredCatalog(change(["properties", "id"], { selected: false }));
    expect(configured?.deselected).toEqual(new Set());
  });

  test("says so when it selects no stream", () => {
    expect(() => parseConfiguredCatalog(change([], { selected: false }))).toThrow(/selects no stream/);
  });

  test("reads a stream in full where it asks for the whole table", () => {
    const catalog = printed();
    catalog.streams[0]!.replication_method = "FULL_TABLE";
    expect(parseConfiguredCatalog(catalog)[0]?.syncMode).toBe("full_refresh");
  });

  test("is not needed where the stream declares itself", () => {
    const declared = declaredStream({
      stream: "a",
      schema: { type: "object" },
      keyProperties: ["id"],
      bookmarkProperties: ["at"],
    });
    expect(declared).toMatchObject({
      key: "a",
      primaryKey: [["id"]],
      cursorField: ["at"],
      destinationSyncMode: "append_dedup",
    });
  });
});
