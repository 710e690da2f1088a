import { randomBytes } from "node:crypto";
import type { Context, DestinationCatalog, DestinationInput } from "../../connector/connector.js";
import { createRateLimiter } from "../../http/rate-limit.js";
import type { Codec } from "../../protocol/message.js";
import { createFieldChanges } from "../accounting/field-changes.js";
import { createRejects } from "../accounting/rejects.js";
import { type Admitted, createSettlement } from "../accounting/settlement.js";
import { createTally } from "../accounting/tally.js";
import type { Config } from "../config.js";
import { deliverByMode } from "../delivery/by-mode.js";
import { bodyOf, createPacker, namesIn } from "../delivery/compact/packing.js";
import type { Contact } from "../delivery/contact.js";
import { createDelivery, type DeliveryOptions } from "../delivery/delivery.js";
import { inParts } from "../delivery/in-parts.js";
import { createJoiner } from "../delivery/joins.js";
import { createOrderTable } from "../delivery/order.js";
import { createPipeline } from "../delivery/pipeline.js";
import { findExisting } from "../existing/find-existing.js";
import { FIRST_DELAY_MS, type IterableApi } from "../iterable/api.js";
import { asUser } from "../iterable/bodies.js";
import type { Exports } from "../iterable/exports.js";
import type { FieldType } from "../iterable/field-types.js";
import { fieldName } from "../mapping/targets.js";
import type { StreamPlan } from "../streams.js";
import { createAdmission } from "./admission.js";
import { attempt } from "./attempt.js";
import { followUpsOf } from "./follow-ups.js";
import { createHalt } from "./halt.js";
import { readInput } from "./input.js";
import { createReversal } from "./reversal.js";

export interface WriteJob {
  readonly settings: Config;
  readonly catalog: DestinationCatalog;
  /** By stream key. Streams that are declared on the pipe are added. */
  readonly plans: Map<string, StreamPlan>;
  /** Iterable's fields and their types. Grows, and is corrected, as the run learns more. */
  readonly fields: Map<string, FieldType>;
  readonly api: IterableApi;
  readonly exports: () => Exports;
  readonly input: DestinationInput;
  readonly context: Context;
}

const NOT_YET_READABLE =
  "the last contact is written but cannot be read yet: a run that starts at once may take contacts of this run for new";

/** So many batches wait for their turn at most: a thousand contacts with sixty fields each are several megabytes. */
const MAX_WAITING_BATCHES = 2;

const NONE: readonly string[] = [];

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
  exports,
  input,
  context,
}: WriteJob): Promise<void> {
  const { log, signal } = context;
  const { advanced, rejected_records: rejectedRecords } = settings;
  const keepsRejects = rejectedRecords.storage === "file";
  const halt = createHalt(signal, () => {
    input.close();
    void pipeline.stop();
    void followUps.stop();
  });
  const tally = createTally(settings.max_rejected_percent);
  context.metrics.watchRecords(tally.records);
  const rejects = createRejects({
    folder: keepsRejects ? rejectedRecords.path : undefined,
    apiKey: settings.api_key,
    log,
    analytics: context.analytics,
    now: context.now,
    name: randomBytes(4).toString("hex"),
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
  /** Sets of names that have none but those of fields that are known; what is known stays so. */
  const knownNames = new WeakSet<ReadonlySet<string>>();
  const newFields = (contact: Contact<unknown>): readonly string[] => {
    const names = namesIn(contact);
    if (knownNames.has(names)) return NONE;
    const unknown = [...names].map(fieldName).filter((name) => !fields.has(name));
    if (unknown.length === 0) knownNames.add(names);
    return unknown;
  };
  /** The type that a field which has just been created was given. */
  const typeGiven = (field: string): FieldType =>
    [...plans.values()].flatMap(({ mapping }) => mapping.newTypes.get(field) ?? [])[0] ?? "unknown";
  const changes = createFieldChanges();

  const user = (contact: Contact<Admitted>) => asUser(contact, settings.identifier);
  const pack = createPacker(user);
  const bulkLimiter = () =>
    createRateLimiter({
      perSecond: advanced.bulk_requests_per_second,
      concurrent: advanced.max_in_flight,
      now: context.now,
    });
  const bulk = {
    onInvalidValue: settings.on_invalid_value,
    maxAttempts: advanced.max_attempts,
    firstDelayMs: FIRST_DELAY_MS,
    signal,
    waits: api.waits,
    onFields: changes.add,
    onFieldType(types) {
      for (const [field, type] of types) if (type !== "unknown") fields.set(field, type);
    },
  } satisfies Partial<DeliveryOptions<Admitted>>;
  const updates = bulkLimiter();
  const deliver = createDelivery<Admitted>({
    ...bulk,
    limiter: updates,
    stage: "delivery",
    bodyOf: (members) => bodyOf({ createNewFields: settings.create_new_fields }, "users", members),
    post: api.bulkUpdate,
    pack,
  });
  const existing = findExisting({ settings, plans, fields, api, exports, context });
  const { lookups, readHeld } = existing;
  const isRehearsal = input.rehearses ?? false;
  const reversal = createReversal({ settings, existing, types: fields, isRehearsal, context });
  const deliverChanges = reversal.around(inParts(pack, deliver));
  const followUps = followUpsOf(
    {
      settings,
      api,
      context,
      isRehearsal,
      onBatchEnd: () => void settlement.release(),
      onFailure: halt.fail,
      onFields: changes.add,
      onFieldTypes(event, types) {
        for (const { followUps: mapped } of plans.values()) mapped?.learn(event, types);
      },
    },
    settlement,
    tally,
  );
  const pipeline = createPipeline<Admitted>({
    deliver: createJoiner({
      readHeld,
      pack,
      deliver: (batch) => deliverByMode(batch, lookups, pack, deliverChanges, reversal.undo),
    }),
    pack,
    order: createOrderTable(),
    batchSize: advanced.batch_size,
    batchBytes: advanced.batch_bytes,
    batchSeconds: advanced.batch_seconds,
    maxInFlight: advanced.max_in_flight,
    isHeldUp: () => updates.waiting >= MAX_WAITING_BATCHES,
    bringsNewField: (contact) => settings.create_new_fields && newFields(contact).length > 0,
    onEnd({ contact, outcome, dropped }) {
      for (const record of contact.records) {
        for (const { field, reason } of dropped) tally.dropped(record.stream, field, reason);
        followUps.end(record, outcome);
      }
      if (outcome.kind === "delivered")
        for (const field of newFields(contact)) fields.set(field, typeGiven(field));
    },
    onBatchEnd: () => void settlement.release(),
    onFailure: halt.fail,
  });

  const admission = createAdmission({
    settings,
    catalog,
    plans,
    fields,
    settlement,
    undo: reversal.undo,
    tally,
    replay: input.replay,
    onlyEvents: followUps.onlyEvents,
    proveKey: api.proveServerSide,
    log,
  });

  /** Sends whatever waits for its batch, so that the states behind it can go. */
  const settleAll = async (): Promise<void> => {
    await pipeline.drain();
    await followUps.drain();
    await settlement.release();
  };
  const progress = setInterval(() => tally.summary().forEach(log.info), PROGRESS_MS);
  try {
    const read = await attempt(() =>
      readInput(
        input,
        {
          schema: admission.declare,
          record(message, line) {
            const contact = admission.take(message, line);
            return followUps.roomBeside(contact && pipeline.admit(contact));
          },
          state(stream, line, dialect) {
            codec = dialect;
            settlement.state(stream, line);
          },
          pause() {
            const released = settlement.release();
            return settlement.isFull ? released.then(settleAll) : input.room();
          },
          halted: halt.reached,
        },
        log,
      ),
    );
    await pipeline.drain();
    await followUps.drain();
    if (!halt.reached() && read.ok) {
      settlement.endInput();
      if (!(await lookups.settled())) log.warn(NOT_YET_READABLE);
    }
    await settlement.release();
    await rejects.flush();
    halt.throwIfReached();
    if (!read.ok) throw read.error;
    read.value();
  } finally {
    clearInterval(progress);
    await existing.close();
    await reversal.close().catch(() => undefined);
    await rejects.close().catch(() => undefined);
    tally.summary().forEach(log.info);
    for (const outcome of tally.outcomes()) context.analytics("stream_outcome", { ...outcome });
    changes.tell(log, context.analytics);
  }
}
