import type { CatalogStream, ConfiguredStream } from "./catalog.js";
import {
  type Codec,
  InvalidMessage,
  isJsonObject,
  type JsonObject,
  type Message,
  replayOf,
} from "./message.js";
import { members } from "./splice.js";

/** What a Singer state holds beside its bookmarks is the tap's own; these two are what everybody writes. */
interface SingerState {
  readonly bookmarks: Record<string, unknown>;
  currently_syncing: string | null;
}

/**
 * The Singer specification 0.3: message types in any letter case are read, upper case is written.
 * A codec of its own for every run, since a Singer state covers all streams: `bookmarks` are those of the run before.
 */
export function createSinger(bookmarks: ReadonlyMap<string, unknown> = new Map()): Codec {
  const state: SingerState = { bookmarks: Object.fromEntries(bookmarks), currently_syncing: null };
  return {
    dialect: "singer",
    decode,
    encode(message, at) {
      switch (message.kind) {
        case "record":
          return `{"type":"RECORD","stream":${JSON.stringify(message.stream)},"record":${JSON.stringify(message.data)},"time_extracted":"${new Date(at).toISOString()}"}`;
        case "schema":
          return JSON.stringify({
            type: "SCHEMA",
            stream: message.stream,
            schema: withCursor(message.schema, message.bookmarkProperties[0]),
            key_properties: message.keyProperties,
            ...(message.bookmarkProperties.length > 0 && { bookmark_properties: message.bookmarkProperties }),
          });
        case "state":
          if (message.stream !== undefined) state.bookmarks[message.stream] = message.value;
          return JSON.stringify({ type: "STATE", value: state });
        case "status":
          // Singer knows no stream status: the state says which stream is being read.
          state.currently_syncing =
            message.status === "STARTED" || message.status === "RUNNING" ? message.stream : null;
          return message.status === "STARTED" || message.status === "COMPLETE"
            ? JSON.stringify({ type: "STATE", value: state })
            : undefined;
        case "other":
          return undefined;
      }
    },
    acknowledge,
  };
}

function decode(line: JsonObject): Message {
  const type = typeof line.type === "string" ? line.type.toUpperCase() : "";
  switch (type) {
    case "RECORD":
      return {
        kind: "record",
        stream: streamOf(line, type),
        data: line.record,
        ...(line.rejection !== undefined && replayOf(line.rejection)),
      };
    case "SCHEMA":
      if (!isJsonObject(line.schema))
        throw new InvalidMessage('is a SCHEMA message without an object "schema"');
      // As the Meltano SDK's targets do: what such a stream carries cannot be known, and a tap that means it is broken.
      if (!isJsonObject(line.schema.properties))
        throw new InvalidMessage('is a SCHEMA message whose "schema" has no "properties"');
      return {
        kind: "schema",
        stream: streamOf(line, type),
        schema: line.schema,
        keyProperties: names(line.key_properties),
        bookmarkProperties: cursorsOf(line.schema.properties, names(line.bookmark_properties)),
      };
    case "STATE":
      if (!("value" in line)) throw new InvalidMessage('is a STATE message without a "value"');
      return { kind: "state", stream: undefined, value: line.value };
    case "BATCH":
      throw new InvalidMessage("is a BATCH message, which is not supported: turn batches off in the tap");
    case "":
      throw new InvalidMessage('has no "type": every message names its type');
    default:
      // ACTIVATE_VERSION asks to delete what older versions brought: contacts are never deleted.
      return { kind: "other", type, known: false };
  }
}

function streamOf(line: JsonObject, type: string): string {
  if (typeof line.stream !== "string" || line.stream === "") {
    throw new InvalidMessage(`is a ${type} message that does not name its stream`);
  }
  return line.stream;
}

function names(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];
}

/**
 * Mappers of the Meltano SDK hand on `key_properties` but no `bookmark_properties`. What a property's schema says passes
 * through them, so that the cursor is marked there, too: it tells a contact's newer answers from older ones.
 */
const CURSOR_MARK = "x-cursor";

function withCursor(schema: JsonObject, cursor: string | undefined): JsonObject {
  const { properties } = schema;
  if (cursor === undefined || !isJsonObject(properties)) return schema;
  const property = properties[cursor];
  if (!isJsonObject(property)) return schema;
  return { ...schema, properties: { ...properties, [cursor]: { ...property, [CURSOR_MARK]: true } } };
}

function cursorsOf(properties: JsonObject, declared: string[]): string[] {
  if (declared.length > 0) return declared;
  return Object.entries(properties)
    .filter(([, property]) => isJsonObject(property) && property[CURSOR_MARK] === true)
    .map(([name]) => name);
}

/** The received value's own bytes. Never `{}` or null, which would wipe what the orchestrator has saved. */
function acknowledge(line: string): string | undefined {
  const value = [...members(line, 0)].findLast((member) => member.name === "value");
  if (!value) return undefined;
  const text = line.slice(value.start, value.end);
  return text === "null" || /^\{\s*\}$/.test(text) ? undefined : text;
}

/** A tap's answer to `--discover`: every stream is selected, except where the source says otherwise. */
export function singerCatalog(streams: readonly CatalogStream[]): JsonObject {
  return {
    streams: streams.map((stream) => ({
      stream: stream.name,
      tap_stream_id: stream.name,
      schema: stream.jsonSchema,
      key_properties: stream.primaryKey,
      ...(stream.cursorField && { replication_key: stream.cursorField }),
      replication_method: stream.syncModes.includes("incremental") ? "INCREMENTAL" : "FULL_TABLE",
      metadata: metadataOf(stream),
    })),
  };
}

function metadataOf(stream: CatalogStream): JsonObject[] {
  const properties = isJsonObject(stream.jsonSchema.properties)
    ? Object.keys(stream.jsonSchema.properties)
    : [];
  const automatic = new Set([...stream.primaryKey, stream.cursorField]);
  return [
    {
      breadcrumb: [],
      metadata: {
        inclusion: "available",
        selected: stream.selected ?? true,
        "table-key-properties": stream.primaryKey,
        ...(stream.cursorField && { "valid-replication-keys": [stream.cursorField] }),
        "forced-replication-method": stream.syncModes.includes("incremental") ? "INCREMENTAL" : "FULL_TABLE",
      },
    },
    ...properties.map((name) => ({
      breadcrumb: ["properties", name],
      metadata: { inclusion: automatic.has(name) ? "automatic" : "available", selected: true },
    })),
  ];
}

/** A stream as a SCHEMA message declares it, with what a catalog entry of that name may say beside it. */
export function declaredStream(
  message: {
    readonly stream: string;
    readonly schema: JsonObject;
    readonly keyProperties: readonly string[];
    readonly bookmarkProperties: readonly string[];
  },
  entry: JsonObject = {},
): ConfiguredStream {
  return {
    key: message.stream,
    name: message.stream,
    namespace: undefined,
    jsonSchema: message.schema,
    syncMode: "incremental",
    destinationSyncMode: "append_dedup",
    cursorField: message.bookmarkProperties[0] === undefined ? undefined : [message.bookmarkProperties[0]],
    primaryKey: message.keyProperties.map((name) => [name]),
    destinationObjectName: undefined,
    truncates: false,
    deselected: new Set(),
    entry,
  };
}
