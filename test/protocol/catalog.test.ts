import { describe, expect, test } from "vitest";
import { InvalidCatalog, parseConfiguredCatalog } from "../../protocol/catalog.js";
import type { JsonObject } from "../../protocol/message.js";

const schema = { type: "object", properties: { id: { type: "string" } } };
const entry = (changes: JsonObject = {}, stream: JsonObject = {}) => ({
  stream: { name: "contacts", json_schema: schema, supported_sync_modes: ["incremental"], ...stream },
  sync_mode: "incremental",
  destination_sync_mode: "append_dedup",
  ...changes,
});
const only = (changes: JsonObject = {}, stream: JsonObject = {}) =>
  parseConfiguredCatalog({ streams: [entry(changes, stream)] })[0];

describe("a configured catalog", () => {
  test("is read as Airbyte's platform writes it", () => {
    const configured = entry(
      {
        cursor_field: ["at"],
        primary_key: [["id"], ["nested", "part"]],
        destination_object_name: "Contact",
        generation_id: 3,
        minimum_generation_id: 0,
        sync_id: 9,
      },
      { namespace: "eu" },
    );
    expect(parseConfiguredCatalog({ streams: [configured] })).toEqual([
      {
        key: "eu.contacts",
        name: "contacts",
        namespace: "eu",
        jsonSchema: schema,
        syncMode: "incremental",
        destinationSyncMode: "append_dedup",
        cursorField: ["at"],
        primaryKey: [["id"], ["nested", "part"]],
        destinationObjectName: "Contact",
        truncates: false,
        deselected: new Set(),
        entry: configured,
      },
    ]);
  });

  test("is read with PyAirbyte's nulls for everything that is not set", () => {
    const stream = only(
      {
        cursor_field: null,
        primary_key: null,
        destination_object_name: null,
        minimum_generation_id: null,
        destination_sync_mode: null,
      },
      { namespace: null, default_cursor_field: null },
    );
    expect(stream).toMatchObject({
      key: "contacts",
      namespace: undefined,
      cursorField: undefined,
      primaryKey: [],
      destinationObjectName: undefined,
      truncates: false,
      destinationSyncMode: "append",
    });
  });

  test.each([
    ["the configured one", { cursor_field: ["a"] }, { default_cursor_field: ["b"] }, ["a"]],
    [
      "the stream's own, where none is configured",
      { cursor_field: [] },
      { default_cursor_field: ["b"] },
      ["b"],
    ],
    ["one that is written as a text", { cursor_field: "a" }, {}, ["a"]],
    ["a path", { cursor_field: ["a", "b"] }, {}, ["a", "b"]],
    ["none", { cursor_field: "" }, {}, undefined],
  ])("takes as its cursor %s", (_what, changes, stream, expected) => {
    expect(only(changes, stream)?.cursorField).toEqual(expected);
  });

  test.each([
    ["full_refresh", "full_refresh"],
    ["incremental", "incremental"],
    [undefined, "incremental"],
  ])("reads the sync mode %s as %s", (given, expected) => {
    expect(only({ sync_mode: given })?.syncMode).toBe(expected);
  });

  test("takes primary keys that are texts for paths of one name", () => {
    expect(only({ primary_key: ["id", ["a", "b"]] })?.primaryKey).toEqual([["id"], ["a", "b"]]);
  });

  test("knows a truncating refresh by its generations", () => {
    expect(only({ generation_id: 1, minimum_generation_id: 1 })?.truncates).toBe(true);
  });

  test("reads a stream without a schema as one that may hold anything", () => {
    expect(only({}, { json_schema: null })?.jsonSchema).toEqual({});
  });

  test("keeps settings that stand beside the stream", () => {
    expect(only({ overwrite_mode: "keep_existing" })?.entry).toMatchObject({
      overwrite_mode: "keep_existing",
    });
  });

  test("may have streams of one name in several namespaces", () => {
    const streams = [entry(), entry({}, { namespace: "eu" }), entry({}, { namespace: "us" })];
    expect(parseConfiguredCatalog({ streams }).map(({ key }) => key)).toEqual([
      "contacts",
      "eu.contacts",
      "us.contacts",
    ]);
  });

  test.each<[string, unknown, string]>([
    ["null", null, "streams"],
    ["a list", [], "streams"],
    ["an object without streams", {}, "streams"],
    ["an object whose streams are an object", { streams: {} }, "streams"],
    ["no streams", { streams: [] }, "select at least one"],
    ["a stream that is a text", { streams: ["contacts"] }, "streams[0]"],
    [
      "what discover prints, which nobody has configured",
      { streams: [entry(), { name: "contacts", json_schema: {} }] },
      "streams[1]",
    ],
    ["a stream without a name", { streams: [entry({}, { name: null })] }, "streams[0].stream.name"],
    ["a stream with an empty name", { streams: [entry({}, { name: "" })] }, "streams[0].stream.name"],
    [
      "a sync mode that nobody knows",
      { streams: [entry({ destination_sync_mode: "merge" })] },
      "append_dedup",
    ],
    ["a stream twice", { streams: [entry(), entry()] }, '"contacts" twice'],
  ])("is refused when it is %s, naming the place", (_what, catalog, place) => {
    const parsing = () => parseConfiguredCatalog(catalog);
    expect(parsing).toThrow(InvalidCatalog);
    expect(parsing).toThrow(place);
  });
});
