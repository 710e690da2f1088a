import type { Context, DestinationCatalog, DestinationInput } from "../../connector/connector.js";
import type { Codec } from "../../protocol/message.js";
import { createFieldChanges } from "../accounting/field-changes.js";
import { createRejects } from "../accounting/rejects.js";
import { placeOf } from "../accounting/rejects-place.js";
import { type Admitted, createSettlement } from "../accounting/settlement.js";
import { createTally } from "../accounting/tally.js";
import type { Config } from "../config.js";
import { deliverByMode } from "../delivery/by-mode.js";
import { inParts } from "../delivery/in-parts.js";
import { createJoiner } from "../delivery/joins.js";
import { createOrderTable } from "../delivery/order.js";
import { createPipeline, type Pipeline } from "../delivery/pipeline.js";
import { type FoundExisting, findExisting } from "../existing/find-existing.js";
import type { IterableApi } from "../iterable/api.js";
import type { Exports } from "../iterable/exports.js";
import type { FieldType } from "../iterable/field-types.js";
import { followUpNames } from "../mapping/follow-ups.js";
import { expectAnyIdentified, type StreamPlan } from "../streams.js";
import { createAdmission } from "./admission.js";
import { attempt } from "./attempt.js";
import { followUpsOf } from "./follow-ups.js";
import { createHalt } from "./halt.js";
import { type InputHandlers, readInput } from "./input.js";
import { createKnownFields } from "./known-fields.js";
import { createRequests } from "./requests.js";
import { createReversal, type Reversal } from "./reversal.js";
import { NOT_YET_READABLE, tellOutcomes } from "./telling.js";

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

/** How often a run says how far it has come. */
const PROGRESS_MS = 60_000;

/**
 * Carries the input into Iterable: decode, validate, map, order, batch, deliver, settle, acknowledge.
 * Resolves when every record is settled, every state released, and every stream was read to its end.
 */
export async function write(job: WriteJob): Promise<void> {
  const { input, context } = job;
  const halt = createHalt(context.signal, () => {
    input.close();
    void pipeline.stop();
    void followUps.stop();
  });
  const books = openBooks(job, halt.fail);
  const { tally, rejects, settlement, changes } = books;
  const existing = findExisting(job);
  const isRehearsal = input.rehearses ?? false;
  const reversal = createReversal({ ...job, existing, types: job.fields, isRehearsal });
  const followUps = followUpsIn(job, books, isRehearsal, halt.fail);
  const pipeline = layPipeline(job, { books, existing, reversal, followUps, onFailure: halt.fail });
  const handlers = handlersFor(job, { books, reversal, followUps, pipeline, halted: halt.reached });
  const progress = setInterval(() => tally.summary().forEach(context.log.info), PROGRESS_MS);
  try {
    const read = await attempt(() => readInput(input, handlers, context.log));
    await pipeline.drain();
    await followUps.drain();
    if (!halt.reached() && read.ok) {
      expectAnyIdentified(job.plans);
      settlement.endInput();
      if (!(await existing.lookups.settled())) context.log.warn(NOT_YET_READABLE);
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
    tellOutcomes(tally, job.plans, context);
    changes.tell(context.log, context.analytics);
  }
}

/** Where it is kept how records end, and from where states leave. */
function openBooks({ settings, input, context }: WriteJob, onFailure: (error: unknown) => void) {
  const tally = createTally(settings.max_rejected_percent, followUpNames(settings));
  context.metrics.watchRecords(tally.records);
  const rejects = createRejects({
    place: placeOf(settings, context),
    apiKey: settings.api_key,
    log: context.log,
    analytics: context.analytics,
    now: context.now,
  });
  /** The dialect of the states that came in. */
  const dialect: { codec?: Codec } = {};
  const settlement = createSettlement({
    tally,
    rejects,
    acknowledge: async (line, counts) => {
      const acknowledgement = dialect.codec?.acknowledge(line, counts);
      if (acknowledgement !== undefined) await input.acknowledge(acknowledgement);
    },
    onFailure,
  });
  return { tally, rejects, settlement, changes: createFieldChanges(), dialect };
}

type Books = ReturnType<typeof openBooks>;

/** What follows from a contact's profile: events and lists. */
function followUpsIn(
  { settings, api, plans, context }: WriteJob,
  { settlement, tally, changes }: Books,
  isRehearsal: boolean,
  onFailure: (error: unknown) => void,
): FollowUps {
  return followUpsOf(
    {
      settings,
      api,
      context,
      isRehearsal,
      onBatchEnd: () => void settlement.release(),
      onFailure,
      onFields: changes.add,
      onFieldTypes(event, types) {
        for (const { followUps } of plans.values()) followUps?.learn(event, types);
      },
    },
    settlement,
    tally,
  );
}

type FollowUps = ReturnType<typeof followUpsOf>;

/** What takes contacts to Iterable, and passes on how each has ended. */
function layPipeline(
  job: WriteJob,
  {
    books,
    existing: { lookups, profiles },
    reversal,
    followUps,
    onFailure,
  }: {
    readonly books: Books;
    readonly existing: FoundExisting;
    readonly reversal: Reversal;
    readonly followUps: FollowUps;
    readonly onFailure: (error: unknown) => void;
  },
): Pipeline<Admitted> {
  const { advanced, create_new_fields: createsFields } = job.settings;
  const { tally, settlement, changes } = books;
  const typeGiven = (field: string): FieldType =>
    [...job.plans.values()].flatMap(({ mapping }) => mapping.newTypes.get(field) ?? [])[0] ?? "unknown";
  const known = createKnownFields(job.fields, typeGiven);
  const { packUser: pack, ...requests } = createRequests(job, known, changes);
  const update = reversal.around(inParts(pack, requests.update));
  return createPipeline<Admitted>({
    deliver: createJoiner({
      profiles,
      pack,
      types: job.fields,
      onWritten: lookups.wrote,
      deliver: (batch) => deliverByMode(batch, lookups, pack, update, reversal.undo),
    }),
    pack,
    order: createOrderTable(),
    batchSize: advanced.batch_size,
    batchBytes: advanced.batch_bytes,
    batchSeconds: advanced.batch_seconds,
    maxInFlight: advanced.max_in_flight,
    isHeldUp: requests.isHeldUp,
    bringsNewField: (contact) => createsFields && known.bringsNew(contact),
    onEnd({ contact, outcome, dropped }) {
      for (const record of contact.records) {
        for (const { field, reason } of dropped) tally.dropped(record.stream, field, reason);
        followUps.end(record, outcome);
      }
      if (outcome.kind === "delivered") known.delivered(contact);
    },
    onBatchEnd: () => void settlement.release(),
    onFailure,
  });
}

/** What becomes of each message of the input. */
function handlersFor(
  job: WriteJob,
  {
    books: { tally, settlement, dialect },
    reversal: { undo },
    followUps,
    pipeline,
    halted,
  }: {
    readonly books: Books;
    readonly reversal: Reversal;
    readonly followUps: FollowUps;
    readonly pipeline: Pipeline<Admitted>;
    readonly halted: () => boolean;
  },
): InputHandlers {
  const { input, api, context } = job;
  const admission = createAdmission({
    ...job,
    settlement,
    undo,
    tally,
    replay: input.replay,
    onlyEvents: followUps.onlyEvents,
    proveKey: api.proveServerSide,
    log: context.log,
  });
  /** Sends whatever waits, so that the states behind it can go. */
  const settleAll = async (): Promise<void> => {
    await pipeline.drain();
    await followUps.drain();
    await settlement.release();
    settlement.makeRoom();
  };
  return {
    schema: admission.declare,
    record(message, line) {
      const contact = admission.take(message, line);
      return followUps.roomBeside(contact && pipeline.admit(contact));
    },
    state(stream, line, codec) {
      dialect.codec = codec;
      settlement.state(stream, line);
    },
    pause() {
      const released = settlement.release();
      return settlement.isFull ? released.then(settleAll) : (settlement.room() ?? input.room());
    },
    halted,
  };
}
