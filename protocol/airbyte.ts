import type { CatalogStream, DestinationOperation } from "./catalog.js";
import {
  type Codec,
  InvalidMessage,
  isJsonObject,
  type JsonObject,
  type Message,
  type OtherMessage,
  replayOf,
  type StreamStatus,
  streamKey,
  type WindowCounts,
} from "./message.js";
import { members, withMember } from "./splice.js";

const STATUSES: readonly string[] = ["STARTED", "RUNNING", "COMPLETE", "INCOMPLETE"];
const OTHER_TYPES: readonly string[] = [
  "LOG",
  "SPEC",
  "CONNECTION_STATUS",
  "CATALOG",
  "CONTROL",
  "DESTINATION_CATALOG",
];

/** The Airbyte protocol, version 0.18: messages as `airbyte_protocol.yaml` declares them. */
export const airbyte: Codec = {
  dialect: "airbyte",
  decode,
  encode,
  acknowledge: acknowledgeState,
};

function decode(line: JsonObject): Message {
  switch (line.type) {
    case "RECORD": {
      const record = part(line, "record", "RECORD");
      const stream = key(record, "stream", "RECORD");
      if (line.undo !== undefined) return { kind: "record", stream, data: record.data, undo: line.undo };
      return line.rejection === undefined
        ? { kind: "record", stream, data: record.data }
        : { kind: "record", stream, data: record.data, ...replayOf(line.rejection) };
    }
    case "STATE":
      return decodeState(part(line, "state", "STATE"));
    case "TRACE":
      return decodeTrace(part(line, "trace", "TRACE"));
    default:
      if (typeof line.type !== "string")
        throw new InvalidMessage('has no "type": every message names its type');
      return {
        kind: "other",
        type: line.type,
        known: OTHER_TYPES.includes(line.type),
        ...(line.type === "LOG" && warning(line.log)),
      };
  }
}

function decodeState(state: JsonObject): Message {
  if (isJsonObject(state.stream)) {
    const descriptor = part(state.stream, "stream_descriptor", "STATE");
    return { kind: "state", stream: key(descriptor, "name", "STATE"), value: state.stream.stream_state };
  }
  return { kind: "state", stream: undefined, value: state.global ?? state.global_ ?? state.data };
}

function decodeTrace(trace: JsonObject): Message {
  if (trace.type === "ERROR")
    return { kind: "other", type: "TRACE", known: true, ...said("error", trace.error) };
  if (trace.type !== "STREAM_STATUS") return { kind: "other", type: "TRACE", known: true };
  const status = part(trace, "stream_status", "TRACE");
  if (!STATUSES.includes(String(status.status)))
    throw new InvalidMessage("is a TRACE with an unknown stream status");
  return {
    kind: "status",
    stream: key(part(status, "stream_descriptor", "TRACE"), "name", "TRACE"),
    status: status.status as StreamStatus,
  };
}

/** What a LOG message warns of; nothing for what is said on the way. */
function warning(log: unknown): Pick<OtherMessage, "said"> {
  const level = isJsonObject(log) ? String(log.level).toUpperCase() : "";
  if (level === "WARN" || level === "WARNING") return said("warn", log);
  return level === "ERROR" || level === "FATAL" ? said("error", log) : {};
}

function said(level: "warn" | "error", where: unknown): Pick<OtherMessage, "said"> {
  const message = isJsonObject(where) ? where.message : undefined;
  return typeof message === "string" && message !== "" ? { said: { level, message } } : {};
}

function part(value: JsonObject, name: string, type: string): JsonObject {
  const found = value[name];
  if (!isJsonObject(found)) throw new InvalidMessage(`is a ${type} message without an object "${name}"`);
  return found;
}

function key(value: JsonObject, name: string, type: string): string {
  const found = value[name];
  if (typeof found !== "string" || found === "") {
    throw new InvalidMessage(`is a ${type} message that does not name its stream`);
  }
  return streamKey(found, typeof value.namespace === "string" ? value.namespace : null);
}

function encode(message: Message, at: number): string | undefined {
  switch (message.kind) {
    case "record":
      return `{"type":"RECORD","record":{"stream":${JSON.stringify(message.stream)},"data":${JSON.stringify(message.data)},"emitted_at":${at}}}`;
    case "state":
      return JSON.stringify({
        type: "STATE",
        state: {
          type: "STREAM",
          stream: { stream_descriptor: { name: message.stream }, stream_state: message.value },
          sourceStats: { recordCount: message.recordCount ?? 0 },
        },
      });
    case "status":
      return traceLine(at, {
        type: "STREAM_STATUS",
        stream_status: {
          stream_descriptor: { name: message.stream },
          status: message.status,
          ...(message.rateLimitedUntil !== undefined && {
            reasons: [{ type: "RATE_LIMITED", rate_limited: { quota_reset: message.rateLimitedUntil } }],
          }),
        },
      });
    case "schema":
    case "other":
      return undefined;
  }
}

/**
 * The received line itself, byte for byte, with `destinationStats` put into its state: what other keys it has, and
 * how its numbers are written, is the platform's affair (it adds an `id` of its own and wants it back).
 */
function acknowledgeState(line: string, counts: WindowCounts): string {
  const stats = `{"recordCount":${counts.settled},"rejectedRecordCount":${counts.rejected}}`;
  const state = [...members(line, 0)].findLast((member) => member.name === "state");
  if (!state) throw new InvalidMessage('is a STATE message without an object "state"');
  return withMember(line, "destinationStats", stats, state.start);
}

/** A LOG message. `level` in Airbyte's words. */
export function logLine(level: "FATAL" | "ERROR" | "WARN" | "INFO" | "DEBUG", message: string): string {
  return JSON.stringify({ type: "LOG", log: { level, message } });
}

/** A TRACE of type ANALYTICS: something for programs that watch a run. */
export function analyticsLine(at: number, type: string, value: string): string {
  return traceLine(at, { type: "ANALYTICS", analytics: { type, value } });
}

/** A TRACE of type ERROR, which is what a user reads when a sync has failed. */
export function errorLine(
  at: number,
  error: {
    message: string;
    internalMessage: string;
    failureType: string;
    stackTrace?: string | undefined;
    stream?: string | undefined;
  },
): string {
  return traceLine(at, {
    type: "ERROR",
    error: {
      message: error.message,
      internal_message: error.internalMessage,
      failure_type: error.failureType,
      ...(error.stackTrace && { stack_trace: error.stackTrace }),
      ...(error.stream && { stream_descriptor: { name: error.stream } }),
    },
  });
}

function traceLine(at: number, trace: JsonObject): string {
  return JSON.stringify({ type: "TRACE", trace: { ...trace, emitted_at: at } });
}

/** The answer to `spec`. */
export function specLine(spec: JsonObject): string {
  return JSON.stringify({ type: "SPEC", spec });
}

/** The answer to `check`. */
export function connectionStatusLine(status: "SUCCEEDED" | "FAILED", message: string): string {
  return JSON.stringify({ type: "CONNECTION_STATUS", connectionStatus: { status, message } });
}

/** A source's answer to `discover`. */
export function catalogLine(streams: readonly CatalogStream[]): string {
  return JSON.stringify({ type: "CATALOG", catalog: { streams: streams.map(catalogEntry) } });
}

/** A destination's answer to `discover`. */
export function destinationCatalogLine(operations: readonly DestinationOperation[]): string {
  const entries = operations.map(({ objectName, syncMode, jsonSchema, matchingKeys }) => ({
    object_name: objectName,
    sync_mode: syncMode,
    json_schema: jsonSchema,
    matching_keys: matchingKeys,
  }));
  return JSON.stringify({ type: "DESTINATION_CATALOG", destination_catalog: { operations: entries } });
}

/** A stream as Airbyte's catalog describes it. */
export function catalogEntry(stream: CatalogStream): JsonObject {
  return {
    name: stream.name,
    json_schema: stream.jsonSchema,
    supported_sync_modes: stream.syncModes,
    source_defined_primary_key: stream.primaryKey.map((field) => [field]),
    ...(stream.cursorField && { source_defined_cursor: true, default_cursor_field: [stream.cursorField] }),
  };
}
