import { isJsonObject, type JsonObject, streamKey } from "./message.js";

/** What `--state` brought: the last state of each stream, and what had to be passed over to find it. */
export interface SavedState {
  /** By stream key. */
  readonly streams: ReadonlyMap<string, unknown>;
  readonly warnings: readonly string[];
}

/** The state file is none of the accepted forms. Never answered with a silent restart. */
export class InvalidState extends Error {
  override readonly name = "InvalidState";
}

const PASSED_OVER = new Set(["LOG", "TRACE", "CONTROL"]);
const FORMS =
  "an empty file, [] or {}, a list of state messages, one state message, a Singer state object, or the lines that a destination printed";

/**
 * Reads the text of a state file in any of its forms: nothing, `[]`, `{}`, a list of state messages, one message,
 * a Singer state object, or JSON lines as a destination prints them, of which the last state of each stream wins.
 * Throws InvalidState for anything else, naming the line.
 */
export function parseState(text: string): SavedState {
  const streams = new Map<string, unknown>();
  const warnings: string[] = [];
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") return { streams, warnings };

  const whole = tryParse(trimmed);
  if (whole !== undefined) {
    for (const [index, item] of (Array.isArray(whole) ? whole : [whole]).entries()) {
      collect(item, `item ${index + 1} of the state`, streams, warnings);
    }
    return { streams: withoutResets(streams), warnings };
  }

  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const place = `line ${index + 1} of the state`;
    const item = tryParse(line) ?? tryParse(behindUnfinished(line));
    if (item !== undefined) collect(item, place, streams, warnings);
    else if (index === lines.length - 1 && (index > 0 || line.startsWith(MESSAGE))) {
      warnings.push(`${place} is unfinished and was passed over; the states before it are used`);
    } else throw new InvalidState(`${place} is not JSON: a state is ${FORMS}`);
  }
  return { streams: withoutResets(streams), warnings };
}

/** How the lines begin that a destination prints. */
const MESSAGE = '{"type":"STATE"';

/** What a later run has appended to a line that an earlier one could not finish; empty where there is nothing. */
function behindUnfinished(line: string): string {
  const start = line.lastIndexOf(MESSAGE);
  return start > 0 ? line.slice(start) : "";
}

/** Reads the lines that a destination printed from the last one back, until every stream that is asked for is found. */
export interface StateScan {
  /** Takes the line before the last one taken. True: there is no need to go on. Throws InvalidState. */
  take(line: string): boolean;
  /** What was found. Throws InvalidState where there were lines, and none was a state. */
  saved(): SavedState;
}

/** `wanted` are the keys of the streams whose state is asked for. Beyond them nothing earlier is looked at. */
export function createStateScan(wanted: readonly string[]): StateScan {
  const streams = new Map<string, unknown>();
  const warnings: string[] = [];
  let taken = 0;
  return {
    take(line) {
      if (line.trim() === "") return false;
      taken += 1;
      const place = taken === 1 ? "the last line of the state" : `line ${taken} from the end of the state`;
      const item = tryParse(line) ?? tryParse(behindUnfinished(line));
      if (item === undefined) {
        if (taken > 1) throw new InvalidState(`${place} is not JSON: a state is ${FORMS}`);
        warnings.push(`${place} is unfinished and was passed over; the states before it are used`);
        return false;
      }
      const found = new Map<string, unknown>();
      collect(item, place, found, warnings);
      for (const [key, value] of found) if (!streams.has(key)) streams.set(key, value);
      return wanted.every((key) => streams.has(key)) || coversAll(item);
    },
    saved() {
      if (streams.size === 0 && taken > 0)
        throw new InvalidState(`the state holds none: a state is ${FORMS}`);
      return { streams: withoutResets(streams), warnings };
    },
  };
}

/** Singer's and Airbyte's global states speak of every stream. */
function coversAll(item: unknown): boolean {
  const body = isJsonObject(item) && item.type === "STATE" ? (item.state ?? item.value) : item;
  return isJsonObject(body) && (isJsonObject(body.bookmarks) || isJsonObject(body.global ?? body.global_));
}

function withoutResets(streams: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...streams].filter(([, value]) => value !== undefined));
}

function collect(item: unknown, place: string, streams: Map<string, unknown>, warnings: string[]): void {
  const unusable = () => new InvalidState(`${place} is not a state: a state is ${FORMS}`);
  if (!isJsonObject(item)) throw unusable();
  if (typeof item.type === "string" && PASSED_OVER.has(item.type)) {
    const warning = `lines of type ${item.type} in the state were passed over`;
    if (!warnings.includes(warning)) warnings.push(warning);
    return;
  }
  const body = item.type === "STATE" ? (item.state ?? item.value) : item;
  if (!isJsonObject(body)) throw unusable();
  if (isJsonObject(body.stream)) {
    collectStream(body.stream, unusable, streams);
    return;
  }
  const global = body.global ?? body.global_;
  if (isJsonObject(global) && Array.isArray(global.stream_states)) {
    for (const state of global.stream_states) collectStream(state, unusable, streams);
    return;
  }
  if (isJsonObject(body.bookmarks)) {
    for (const [stream, bookmark] of Object.entries(body.bookmarks)) streams.set(stream, bookmark);
    return;
  }
  if (Object.keys(body).length > 0) throw unusable();
}

function collectStream(stream: unknown, unusable: () => InvalidState, streams: Map<string, unknown>): void {
  if (!isJsonObject(stream) || !isJsonObject(stream.stream_descriptor)) throw unusable();
  const { name, namespace } = stream.stream_descriptor as JsonObject;
  if (typeof name !== "string") throw unusable();
  const key = streamKey(name, typeof namespace === "string" ? namespace : null);
  // A null asks to start again.
  streams.set(key, stream.stream_state ?? undefined);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
