import type { Context, DestinationCatalog, DestinationInput } from "../connector/connector.js";
import { ConfigError, ProtocolError } from "../connector/errors.js";
import { createRateLimiter } from "../http/rate-limit.js";
import type { Line } from "../protocol/lines.js";
import {
  type Codec,
  isJsonObject,
  type JsonObject,
  type RecordMessage,
  type SchemaMessage,
} from "../protocol/message.js";
import { declaredStream } from "../protocol/singer.js";
import { FIRST_DELAY_MS, type IterableApi } from "./api.js";
import type { Contact, Packed } from "./batching.js";
import type { FieldType } from "./coercion.js";
import type { Config } from "./config.js";
import { createDelivery } from "./delivery.js";
import { createHalt } from "./halt.js";
import { readInput } from "./input.js";
import { hasNested, toDataFields } from "./mapping.js";
import { createOrderTable } from "./order.js";
import { createPipeline } from "./pipeline.js";
import { createRejects } from "./rejects.js";
import { type Admitted, createSettlement } from "./settlement.js";
import { planStreams, type StreamPlan } from "./streams.js";
import { createTally } from "./tally.js";

export interface WriteJob {
  readonly settings: Config;
  readonly catalog: DestinationCatalog;
  /** By stream key. Streams that are declared on the pipe are added. */
  readonly plans: Map<string, StreamPlan>;
  /** Iterable's fields and their types. Grows, and is corrected, as the run learns more. */
  readonly fields: Map<string, FieldType>;
  readonly api: IterableApi;
  readonly input: DestinationInput;
  readonly context: Context;
}

/** How often a run says how far it has come. */
const PROGRESS_MS = 60_000;

/**
 * Carries the input into Iterable: decode, validate, map, order, batch, deliver, settle, acknowledge.
 * Resolves when every record is settled, every state released, and every stream was read to its end.
 */
export async function write({
  settings,
  catalog,
  plans,
  fields,
  api,
  input,
  context,
}: WriteJob): Promise<void> {
  const { log, signal } = context;
  const { advanced, rejected_records: rejectedRecords } = settings;
  const keepsRejects = rejectedRecords.storage === "file";
  const halt = createHalt(signal, () => {
    input.close();
    void pipeline.stop();
  });
  const tally = createTally(settings.max_rejected_percent);
  const rejects = createRejects({
    folder: keepsRejects ? rejectedRecords.path : undefined,
    apiKey: settings.api_key,
    log,
    now: context.now,
    pid: context.pid,
  });
  let codec: Codec | undefined;
  const settlement = createSettlement({
    tally,
    rejects,
    acknowledge: async (line, counts) => {
      const acknowledgement = codec?.acknowledge(line, counts);
      if (acknowledgement !== undefined) await input.acknowledge(acknowledgement);
    },
    onFailure: halt.fail,
  });
  const created = new Set<string>();
  const filtered = new Set<string>();

  const pack = (contact: Contact<Admitted>): Packed<Admitted> => {
    const json = JSON.stringify(asUser(contact, settings.identifier));
    return { contact, json, bytes: Buffer.byteLength(json) };
  };
  const deliver = createDelivery<Admitted>({
    post: api.bulkUpdate,
    limiter: createRateLimiter({
      perSecond: advanced.bulk_requests_per_second,
      concurrent: advanced.max_in_flight,
      now: context.now,
    }),
    pack,
    createNewFields: settings.create_new_fields,
    onInvalidValue: settings.on_invalid_value,
    maxAttempts: advanced.max_attempts,
    firstDelayMs: FIRST_DELAY_MS,
    signal,
    onFields(createdFields, filteredOutFields) {
      for (const field of createdFields) created.add(field);
      for (const field of filteredOutFields) filtered.add(field);
    },
    onFieldType(types) {
      for (const [field, type] of types) if (type !== "unknown") fields.set(field, type);
    },
  });
  const pipeline = createPipeline<Admitted>({
    deliver,
    pack,
    unmerge: ({ key, identifier }, record) => {
      const layers = record.layer ? [record.layer] : [];
      return { key, identifier, fields: record.layer?.fields ?? {}, layers, records: [record] };
    },
    order: createOrderTable(),
    batchSize: advanced.batch_size,
    batchBytes: advanced.batch_bytes,
    batchSeconds: advanced.batch_seconds,
    maxInFlight: advanced.max_in_flight,
    bringsNewField: (contact) => settings.create_new_fields && newFields(contact, fields).length > 0,
    onEnd({ contact, outcome, dropped }) {
      for (const record of contact.records) {
        for (const { field, reason } of dropped) tally.dropped(record.stream, field, reason);
        settlement.settle(record, outcome);
      }
      if (outcome.kind === "delivered")
        for (const field of newFields(contact, fields)) fields.set(field, "unknown");
      void settlement.release();
    },
    onFailure: halt.fail,
  });

  const admit = (message: RecordMessage, line: Line): Promise<void> | undefined => {
    const plan = plans.get(message.stream);
    if (!plan) throw unknownStream(message.stream, line, plans, catalog.declared);
    if (message.replayed && input.replay === "fill_missing") {
      throw new ConfigError(
        `line ${line.number} is a rejected contact: to send it again, pass --replay overwrite; its values then replace newer ones`,
      );
    }
    const record = settlement.admit(message.stream, line.number, keepsRejects ? line.text : undefined);
    if (!isJsonObject(message.data)) {
      settlement.settle(record, { kind: "rejected", stage: "validation", reason: "not_an_object" });
      return undefined;
    }
    const mapped = plan.mapping.map(message.data, plan.validator.invalidFields(message.data));
    switch (mapped.verdict) {
      case "reject": {
        const { key, field, reason } = mapped;
        settlement.settle({ ...record, key }, { kind: "rejected", stage: "mapping", field, reason });
        return undefined;
      }
      case "keep":
        settlement.settle(record, { kind: "kept", reason: mapped.reason });
        return undefined;
      case "send": {
        for (const { field, reason } of mapped.dropped) tally.dropped(message.stream, field, reason);
        const { key, identifier, fields: values } = mapped;
        const layer = { cursor: plan.cursorOf(message.data), fields: values };
        return pipeline.admit({
          key,
          identifier,
          fields: values,
          layers: [layer],
          records: [{ ...record, key, layer }],
        });
      }
    }
  };

  const declare = (message: SchemaMessage): void => {
    if (!catalog.declared && plans.has(message.stream)) return;
    const entry = catalog.streams.find(({ name }) => name === message.stream)?.entry;
    for (const [key, plan] of planStreams(settings, [declaredStream(message, entry)], fields, log))
      plans.set(key, plan);
  };

  const progress = setInterval(() => tally.summary().forEach(log.info), PROGRESS_MS);
  try {
    const read = await attempt(() =>
      readInput(
        input,
        {
          schema: declare,
          record: admit,
          state(stream, line, dialect) {
            codec = dialect;
            settlement.state(stream, line);
          },
          pause: () => void settlement.release(),
          halted: halt.reached,
        },
        log,
      ),
    );
    await pipeline.drain();
    if (!halt.reached() && read.ok) settlement.endInput();
    await settlement.release();
    await rejects.flush();
    halt.throwIfReached();
    if (!read.ok) throw read.error;
    read.value();
  } finally {
    clearInterval(progress);
    await rejects.close().catch(() => undefined);
    tally.summary().forEach(log.info);
    if (created.size > 0) log.info(`fields that Iterable created: ${[...created].join(", ")}`);
    if (filtered.size > 0) {
      log.warn(
        `Iterable left out fields that the project does not have: ${[...filtered].join(", ")}; create them in Iterable, or set create_new_fields`,
      );
    }
  }
}

function unknownStream(
  stream: string,
  line: Line,
  plans: ReadonlyMap<string, StreamPlan>,
  declared: boolean,
) {
  const known = [...plans.keys()].join(", ") || "none yet";
  const where = declared ? "has not been declared by a SCHEMA message" : "is not in the catalog";
  return new ProtocolError(`line ${line.number}: the stream "${stream}" ${where}; known streams: ${known}`);
}

/** The contact as an entry of `users` (API reference of users/bulkUpdate). */
function asUser({ identifier, fields }: Contact<unknown>, kind: Config["identifier"]): JsonObject {
  return {
    // preferUserId: in email-based projects an unknown user id is an error without it.
    ...(kind === "email" ? { email: identifier } : { userId: identifier, preferUserId: true }),
    dataFields: toDataFields(fields),
    ...(hasNested(fields) && { mergeNestedObjects: true }),
  };
}

function newFields(contact: Contact<unknown>, known: ReadonlyMap<string, FieldType>): string[] {
  return Object.keys(contact.fields).filter((field) => !known.has(field));
}

async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: unknown }> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error };
  }
}
