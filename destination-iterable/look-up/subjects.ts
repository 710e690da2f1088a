import { ProtocolError } from "../../connector/errors.js";
import type { Log } from "../../connector/reporting/log.js";
import { airbyte } from "../../protocol/airbyte.js";
import { type ConfiguredStream, parseConfiguredCatalog } from "../../protocol/catalog.js";
import { parseExact } from "../../protocol/exact.js";
import type { Line } from "../../protocol/lines.js";
import { dialectOf, isJsonObject, type JsonObject, type Message } from "../../protocol/message.js";
import { patternsFor } from "../../protocol/schema/patterns.js";
import { createSinger } from "../../protocol/singer.js";
import { contactHash } from "../accounting/rejects.js";
import type { Config } from "../config.js";
import { type Contact, withFields } from "../delivery/contact.js";
import type { FollowUp } from "../delivery/follow-ups/follow-up.js";
import { partsOf } from "../delivery/in-parts.js";
import { appended } from "../delivery/joins.js";
import { merge } from "../delivery/order.js";
import { asUser } from "../iterable/bodies.js";
import type { FieldType } from "../iterable/field-types.js";
import { identifyByEmail, identifyByUserId } from "../iterable/identifiers.js";
import { type Step, stepsOf } from "../plan/steps.js";
import { propertiesOf } from "../stream-settings.js";
import { type PlannedStream, planStreams } from "../streams.js";
import { type FollowedRecord, followingOf } from "./following.js";
import type { LookedUp } from "./looked-up.js";

const NONE: readonly FollowUp[] = [];

/** Somebody to find out about: what is known before Iterable is asked. */
export interface Subject {
  readonly found: Omit<LookedUp, "verdict" | "fields" | "held" | "updated_at">;
  /** Undefined: what its mapping decided stands already. */
  readonly contact: Contact<Place> | undefined;
  readonly decided: "kept" | "rejected" | undefined;
}

interface Place extends FollowedRecord {
  readonly stream: string;
  readonly line: number;
  readonly steps: readonly Step[];
}

/** What subjects are made of. */
export interface Given {
  readonly settings: Config;
  readonly streams: readonly ConfiguredStream[];
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly lines: AsyncIterable<readonly Line[]>;
  readonly log: Log;
}

/**
 * Whom the lines of an input speak of. Records of one contact that follow one another are one. Throws ProtocolError at a
 * line that is neither a message nor a name, without quoting it.
 */
export async function* subjectsOf({ settings, streams, fields, lines, log }: Given): AsyncGenerator<Subject> {
  const patterns = await patternsFor(streams.map(({ jsonSchema }) => jsonSchema));
  const plans = planStreams(settings, streams, fields, log, patterns);
  const singer = createSinger();
  let current: Contact<Place> | undefined;
  const planOf = (stream: string): PlannedStream => {
    let plan = plans.get(stream);
    if (plan) return plan;
    const bare = parseConfiguredCatalog({ streams: [{ stream: { name: stream, json_schema: {} } }] });
    for (const [key, made] of planStreams(settings, bare, fields, log, undefined, true)) plans.set(key, made);
    plan = plans.get(stream) as PlannedStream;
    return plan;
  };
  const properties = new Map(streams.map((stream) => [stream.key, propertiesOf(stream)]));

  function* end(): Generator<Subject> {
    if (current) yield subjectOf(current, settings);
    current = undefined;
  }
  for await (const chunk of lines) {
    for (const line of chunk) {
      const message = decode(line, singer);
      if (message === undefined) {
        yield* end();
        yield named(line, settings);
        continue;
      }
      if (message.kind !== "record") continue;
      const plan = planOf(message.stream);
      const data = isJsonObject(message.data) ? message.data : {};
      const mapped = plan.mapping.map(data, plan.validator.invalidFields(data));
      const steps = stepsOf(
        plan.options,
        properties.get(message.stream) ?? {},
        settings.create_new_fields,
        data,
        mapped,
      );
      const place = { stream: message.stream, line: line.number, steps, followUps: NONE, unmet: [] };
      if (mapped.verdict !== "send") {
        yield* end();
        const key = mapped.verdict === "reject" ? (mapped.key ?? plan.keyOf(data)) : plan.keyOf(data);
        const field = mapped.verdict === "reject" ? mapped.field : null;
        const { reason } = mapped;
        yield {
          found: { ...nobody([place], plan.mode), ...hashed(key, settings), field, reason },
          contact: undefined,
          decided: mapped.verdict === "keep" ? "kept" : "rejected",
        };
        continue;
      }
      const { key, identifier, fields: sent } = mapped;
      const cursor = plan.cursorOf(data);
      const followUps = plan.followUps?.of(data, { key, identifier, cursor }, () => undefined) ?? NONE;
      const layers = [{ cursor, fields: sent }];
      const unmet = plan.followUps?.unmet(data) ?? [];
      const records = [{ ...place, followUps, unmet }];
      const { joins, mode } = plan;
      const contact = { key, identifier, mode, joins, fields: sent, layers, records };
      if (current?.key === key) current = merge(current, contact);
      else {
        yield* end();
        current = contact;
      }
    }
  }
  yield* end();
}

function subjectOf(found: Contact<Place>, settings: Config): Subject {
  const contact = withFields(found, asWritten(found));
  const { key, identifier, mode, records } = contact;
  const parts = partsOf(contact.fields);
  const payloadOf = (fields: Contact<Place>["fields"]) =>
    asUser(withFields(contact, fields), settings.identifier);
  return {
    found: {
      ...nobody(records, mode),
      ...hashed(key, settings),
      ...followingOf(records, settings),
      identifier,
      payload: payloadOf(parts ? parts.whole : contact.fields),
      second_payload: parts ? payloadOf(parts.inside) : null,
    },
    contact,
    decided: undefined,
  };
}

/** A contact's values as they are written to a profile that has none: what is appended begins a list. */
function asWritten({ fields, joins }: Contact<Place>): Contact<Place>["fields"] {
  if (!joins) return fields;
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      joins.get(field) === "append" ? (appended(undefined, value) ?? value) : value,
    ]),
  );
}

/** A line that names somebody. */
function named({ number, text }: Line, settings: Config): Subject {
  const identified = settings.identifier === "email" ? identifyByEmail(text) : identifyByUserId(text);
  const found = { ...nobody([], null), lines: [number] };
  if (!identified.ok)
    return { found: { ...found, reason: identified.reason }, contact: undefined, decided: "rejected" };
  const { identifier } = identified;
  return {
    found: { ...found, ...hashed(identifier, settings), identifier },
    contact: undefined,
    decided: undefined,
  };
}

function nobody(records: readonly Place[], mode: LookedUp["mode"]): Subject["found"] {
  return {
    lines: records.map(({ line }) => line),
    stream: records[0]?.stream ?? null,
    contact: null,
    identifier: null,
    mode,
    field: null,
    reason: null,
    steps: records.map(({ steps }) => steps),
    payload: null,
    second_payload: null,
    lists: [],
    events: [],
    unsent: [],
  };
}

const hashed = (key: string | undefined, { api_key }: Config) => ({
  contact: key === undefined ? null : contactHash(api_key, key),
});

/** The message of a line; undefined where it is none, but somebody's identifier. */
function decode({ text, number }: Line, singer: ReturnType<typeof createSinger>): Message | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  let value: unknown;
  try {
    value = parseExact(text);
  } catch {
    throw new ProtocolError(`line ${number} is neither JSON nor an identifier`);
  }
  const message = value as JsonObject;
  return dialectOf(message) === "singer" ? singer.decode(message) : airbyte.decode(message);
}
