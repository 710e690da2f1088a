/** A JSON object whose members nobody has looked at yet. */
export type JsonObject = Record<string, unknown>;

/** Tells whether a parsed JSON value is an object, and not null, an array or a scalar. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What travels on the pipe, whichever dialect it was written in.
 *
 * `stream` is the stream's key (see `streamKey`): its name, preceded by its namespace where it has one.
 */
export type Message = RecordMessage | SchemaMessage | StateMessage | StatusMessage | OtherMessage;

export interface RecordMessage {
  readonly kind: "record";
  readonly stream: string;
  /** An object, unless the sender broke the protocol. */
  readonly data: unknown;
  /** True for a line of a rejects file: it carries a `rejection` beside its record. */
  readonly replayed?: boolean;
  /** The stage that a replayed record was turned away at, where its rejection says so. */
  readonly rejectedAt?: string;
  /** What stands under `undo` in a line of previous values, which is to be put back. */
  readonly undo?: unknown;
}

/** What a line of a rejects file says beside its record. */
export function replayOf(rejection: unknown): Pick<RecordMessage, "replayed" | "rejectedAt"> {
  const stage = isJsonObject(rejection) ? rejection.stage : undefined;
  return { replayed: true, ...(typeof stage === "string" && { rejectedAt: stage }) };
}

/** Singer alone: declares a stream before its records. */
export interface SchemaMessage {
  readonly kind: "schema";
  readonly stream: string;
  readonly schema: JsonObject;
  readonly keyProperties: readonly string[];
  readonly bookmarkProperties: readonly string[];
}

export interface StateMessage {
  readonly kind: "state";
  /** The stream that the state belongs to; undefined where it covers every stream. */
  readonly stream: string | undefined;
  readonly value: unknown;
  /** Records of the stream since its previous state; known to the side that writes the state. */
  readonly recordCount?: number;
}

export interface StatusMessage {
  readonly kind: "status";
  readonly stream: string;
  readonly status: StreamStatus;
  /** RUNNING alone: until when the vendor lets nothing through, in ms since 1970. */
  readonly rateLimitedUntil?: number;
}

export type StreamStatus = "STARTED" | "RUNNING" | "COMPLETE" | "INCOMPLETE";

/** A message that asks nothing of the reader: logs, traces, controls, or a type that the dialect lacks. */
export interface OtherMessage {
  readonly kind: "other";
  readonly type: string;
  /** Whether the dialect knows the type. */
  readonly known: boolean;
  /** What the sender warns people of, or says that it failed for. */
  readonly said?: { readonly level: "warn" | "error"; readonly message: string };
}

/** How many records of a state's window ended how, as the platform's bookkeeping wants it. */
export interface WindowCounts {
  /** Delivered and kept. */
  readonly settled: number;
  readonly rejected: number;
}

/**
 * One dialect of the pipe. Pure: no clock, no I/O.
 */
export interface Codec {
  readonly dialect: "airbyte" | "singer";
  /** A parsed line as a message. Throws InvalidMessage, without quoting the content. */
  decode(line: JsonObject): Message;
  /**
   * A message as one line, without its newline; undefined where the dialect has no words for it.
   * `at` is the time of emission in ms since 1970.
   */
  encode(message: Message, at: number): string | undefined;
  /** What to print for a received STATE line once everything before it is settled; undefined: nothing. */
  acknowledge(line: string, counts: WindowCounts): string | undefined;
}

/** A line that is JSON but not a message of the dialect. Says what is wrong, never what it held. */
export class InvalidMessage extends Error {
  override readonly name = "InvalidMessage";
}

/** The key under which everybody knows a stream. Two streams may share a name in different namespaces. */
export function streamKey(name: string, namespace?: string | null): string {
  return namespace ? `${namespace}.${name}` : name;
}

/** Which dialect a parsed line is written in; undefined for a line that both have, or neither. */
export function dialectOf(line: JsonObject): "airbyte" | "singer" | undefined {
  const type = typeof line.type === "string" ? line.type : "";
  switch (type.toUpperCase()) {
    case "RECORD":
      return isJsonObject(line.record) && typeof line.stream !== "string" ? "airbyte" : "singer";
    case "STATE":
      return "state" in line ? "airbyte" : "singer";
    case "SCHEMA":
      return "singer";
    default:
      return undefined;
  }
}
