import type { DestinationInput } from "../../connector/connector.js";
import { ProtocolError, TransientError } from "../../connector/errors.js";
import type { Log } from "../../connector/reporting/log.js";
import { airbyte } from "../../protocol/airbyte.js";
import { parseExact } from "../../protocol/exact.js";
import type { Line } from "../../protocol/lines.js";
import {
  type Codec,
  InvalidMessage,
  isJsonObject,
  type JsonObject,
  type Message,
  type OtherMessage,
  type RecordMessage,
  type SchemaMessage,
  type StreamStatus,
} from "../../protocol/message.js";

/** Types that are warned of; more are passed over in silence. */
const MAX_UNKNOWN_TYPES = 20;

/** What a source says that is passed on: so many different messages, and so many characters of each. */
const MAX_SAID = 100;
const MAX_SAID_CHARS = 2_000;

/** Streams that an input may name beside its records, and the characters of their names; sources have dozens. */
const MAX_STREAMS = 10_000;
const MAX_STREAM_CHARS = 1_000_000;

export interface InputHandlers {
  /** Takes a stream's declaration. Resolves when records may follow; undefined where they may at once. */
  schema(message: SchemaMessage): Promise<void> | undefined;
  /** Takes a record. Resolves when there is room for more; undefined where there is. */
  record(message: RecordMessage, line: Line): Promise<void> | undefined;
  state(stream: string | undefined, line: string, codec: Codec): void;
  /** Called after every chunk of lines. Resolves when it is time for the next; undefined where it is. */
  pause(): Promise<void> | undefined;
  /** Whether it is pointless to take more. */
  halted(): boolean;
}

/**
 * Reads messages until the input ends or is closed, and hands on records and states. In a plain pipe nobody else sees
 * what the source warns of: its warnings and errors go to the log.
 * Throws ProtocolError at a line that is none, naming the line and never quoting it.
 * Resolves with a check to make when all is settled: that the source reached the end of its streams.
 */
export async function readInput(
  input: DestinationInput,
  handlers: InputHandlers,
  log: Log,
): Promise<() => void> {
  const statuses = new Map<string, StreamStatus>();
  const unknownTypes = new Set<string>();
  const name = createNames();
  const passOn = createPassingOn(log);
  let codec: Codec | undefined;
  let lines = 0;

  const take = (line: Line): Promise<void> | undefined => {
    const value = parseLine(line);
    codec ??= input.codecFor(value);
    // What may come before the dialect is known is Airbyte's: logs and statuses.
    const message = decode(codec ?? airbyte, value, line);
    switch (message.kind) {
      case "record":
        return handlers.record(message, line);
      case "state":
        if (message.stream !== undefined) name(message.stream, line);
        handlers.state(message.stream, line.text, codec ?? airbyte);
        return undefined;
      case "status":
        name(message.stream, line);
        statuses.set(message.stream, message.status);
        return undefined;
      case "schema":
        name(message.stream, line);
        return handlers.schema(message);
      case "other":
        if (message.said) passOn(message.said);
        if (message.known || unknownTypes.has(message.type)) return undefined;
        if (unknownTypes.size >= MAX_UNKNOWN_TYPES) return undefined;
        unknownTypes.add(message.type);
        log.warn(
          `line ${line.number}: messages of the unknown type ${JSON.stringify(message.type)} are passed over`,
        );
        return undefined;
    }
  };

  for await (const chunk of input.lines) {
    for (const line of chunk) {
      if (handlers.halted()) break;
      lines += 1;
      const room = take(line);
      if (room !== undefined) await room;
    }
    if (handlers.halted()) break;
    const turn = handlers.pause();
    if (turn !== undefined) await turn;
  }
  return () => checkEnd(statuses, lines, codec?.dialect, log);
}

/** Takes what the source says of itself into the log: each message once. */
function createPassingOn(log: Log): (said: NonNullable<OtherMessage["said"]>) => void {
  const passedOn = new Set<string>();
  return ({ level, message }) => {
    const text = message.slice(0, MAX_SAID_CHARS);
    if (passedOn.has(text) || passedOn.size >= MAX_SAID) return;
    passedOn.add(text);
    log[level](`the source says: ${text}`);
  };
}

/** Takes the name of a stream. Throws ProtocolError where there are more than can be remembered. */
function createNames(): (stream: string, line: Line) => void {
  const names = new Set<string>();
  let chars = 0;
  return (stream, line) => {
    if (names.has(stream)) return;
    names.add(stream);
    chars += stream.length;
    if (names.size <= MAX_STREAMS && chars <= MAX_STREAM_CHARS) return;
    throw new ProtocolError(
      `line ${line.number} names more streams than can be told apart: ${MAX_STREAMS} of them, with short names, are the most`,
    );
  };
}

function parseLine(line: Line): JsonObject {
  let value: unknown;
  try {
    value = parseExact(line.text);
  } catch {
    throw new ProtocolError(
      line.terminated
        ? `line ${line.number} is not JSON: standard input must be the messages of a source, one a line`
        : `the input ends inside line ${line.number}: the source was cut off; run again`,
    );
  }
  if (!isJsonObject(value)) throw new ProtocolError(`line ${line.number} is JSON but not an object`);
  return value;
}

function decode(codec: Codec, value: JsonObject, line: Line): Message {
  try {
    return codec.decode(value);
  } catch (error) {
    if (error instanceof InvalidMessage) throw new ProtocolError(`line ${line.number} ${error.message}`);
    throw error;
  }
}

/** Throws TransientError unless every stream that reported its status was read to its end. */
function checkEnd(
  statuses: ReadonlyMap<string, StreamStatus>,
  lines: number,
  dialect: Codec["dialect"] | undefined,
  log: Log,
): void {
  if (lines === 0) log.warn("standard input was empty: nothing was written");
  else if (statuses.size === 0 && dialect !== "singer") {
    log.warn("the source did not say whether it read its streams to the end: no stream status came");
  }
  const unfinished = [...statuses].filter(([, status]) => status !== "COMPLETE").map(([stream]) => stream);
  if (unfinished.length === 0) return;
  throw new TransientError(
    `the source did not finish ${unfinished.join(", ")}: what arrived is written; see the source's own message, and run again`,
  );
}
