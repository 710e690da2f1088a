import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../connector/connector.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import type { Outcome } from "../accounting/outcome.js";
import type { Admitted, Settlement } from "../accounting/settlement.js";
import type { Tally } from "../accounting/tally.js";
import type { Config } from "../config.js";
import { createDelivery } from "../delivery/bulk/delivery.js";
import { createPacker, namesIn, type Packed } from "../delivery/compact/packing.js";
import type { Contact } from "../delivery/contact.js";
import type { Delivered, DeliveryOptions } from "../delivery/delivered.js";
import { type Channel, createChannel } from "../delivery/follow-ups/channel.js";
import { createFollowUps, type Following } from "../delivery/follow-ups/follow-ups.js";
import { FIRST_DELAY_MS, type IterableApi } from "../iterable/api.js";
import { asEvent, asSubscriber, eventsBody, subscribersBody } from "../iterable/bodies.js";
import { readTracked } from "../iterable/event-answers.js";
import type { FieldType } from "../iterable/field-types.js";
import { timeZoneOf } from "../mapping/dates/time-zone.js";
import { listsOf } from "../mapping/follow-ups.js";

/** Iterable takes 10 requests a second with events, of everything that uses the project (API reference). */
const EVENT_REQUESTS_PER_SECOND = 9;

export interface FollowUpJob {
  readonly settings: Config;
  readonly api: Pick<IterableApi, "subscribe" | "trackBulk" | "limiter" | "waits">;
  readonly context: Pick<Context, "now" | "signal">;
  /** Nothing is written. */
  readonly isRehearsal: boolean;
  readonly onBatchEnd: () => void;
  readonly onFailure: (error: unknown) => void;
  /** Told of fields of events that Iterable created, and of those that it left out. */
  readonly onFields: DeliveryOptions<unknown>["onFields"];
  /** Told the types that fields of an event, by its place in the settings, turned out to have. */
  readonly onFieldTypes: (event: number, types: ReadonlyMap<string, FieldType>) => void;
}

/** Whether there is a profile now, of which something may follow. */
function isThere(outcome: Outcome): boolean {
  return outcome.kind === "delivered" || (outcome.kind === "kept" && outcome.reason === "exists");
}

/** What follows from a run's records, and ends them. */
export function followUpsOf(
  job: FollowUpJob,
  settlement: Pick<Settlement, "settle">,
  tally: Pick<Tally, "dropped" | "followed">,
) {
  const lists = listsOf(job.settings).length;
  const followUps = createFollowUps<Admitted>({
    channels: (onEnd) => createChannels<Admitted>(job, onEnd),
    lists,
    onEnd: settlement.settle,
    onAnswered: ({ stream }, channel, isTaken) => tally.followed(stream, channel, isTaken),
    onDropped(record, dropped) {
      for (const { field, reason } of dropped) tally.dropped(record.stream, field, reason);
    },
    now: job.context.now,
  });
  return {
    ...followUps,
    /** Takes a record whose contact has ended: what follows from it, or its end. */
    end(record: Admitted, outcome: Outcome): void {
      if (record.followUps.length === 0 || job.isRehearsal || !isThere(outcome)) {
        settlement.settle(record, outcome);
      } else followUps.begin(record, record.followUps, outcome, outcome.kind === "delivered");
    },
    /** Takes a record whose profile was written, and who was put on lists, in an earlier run. */
    onlyEvents(record: Admitted): void {
      if (job.isRehearsal) return settlement.settle(record, { kind: "kept", reason: "dry_run" });
      const events = record.followUps.filter(({ channel }) => channel >= lists);
      followUps.begin(record, events, { kind: "delivered" }, false);
    },
  };
}

type Ended<R> = (delivered: Delivered<Following<R>>) => void;

/** The ways to the lists and events of the settings, in that order. */
function createChannels<R>(
  job: FollowUpJob,
  onEnd: (channel: number, delivered: Delivered<Following<R>>) => void,
): Channel<Following<R>>[] {
  const endedAt =
    (place: number): Ended<R> =>
    (delivered) =>
      onEnd(place, delivered);
  const { settings, api } = job;
  const { advanced, identifier } = settings;
  const limiter = (name: "lists" | "events", perSecond: number) =>
    api.limiter({ name, perSecond, concurrent: advanced.max_in_flight });
  const subscriptions = limiter("lists", advanced.bulk_requests_per_second);
  const tracking = limiter("events", EVENT_REQUESTS_PER_SECOND);
  const lists = listsOf(settings).map(({ id }, index) =>
    channel<R>(job, endedAt(index), subscriptions, {
      stage: "list",
      pack: createPacker((contact) => asSubscriber(contact, identifier)),
      bodyOf: (members) => subscribersBody(members, id),
      post: api.subscribe,
      onFields: () => undefined,
      onFieldTypes: () => undefined,
    }),
  );
  const events = settings.events.map(({ name }, index) => {
    const named = (field: string) => `${name}.${field}`;
    return channel<R>(job, endedAt(lists.length + index), tracking, {
      stage: "event",
      named,
      pack: createPacker((contact) => asEvent(contact, name, identifier, settings.create_new_fields)),
      bodyOf: eventsBody,
      post: api.trackBulk,
      read: readTracked,
      onFields: (created, filtered) => job.onFields(created.map(named), filtered.map(named)),
      onFieldTypes: (types) => job.onFieldTypes(index, types),
    });
  });
  return [...lists, ...events];
}

/** Events and subscriptions carry one identifier. */
const OTHER_IDENTIFIER = "";

function channel<R>(
  { settings, api, context, onBatchEnd, onFailure }: FollowUpJob,
  onEnd: Ended<R>,
  limiter: RateLimiter,
  endpoint: Pick<
    DeliveryOptions<Following<R>>,
    "stage" | "pack" | "bodyOf" | "post" | "read" | "onFields" | "onFieldTypes"
  > & { readonly named?: (field: string) => string },
): Channel<Following<R>> {
  const { advanced, create_new_fields: createsFields, on_invalid_value: onInvalidValue } = settings;
  const { signal } = context;
  /** Fields that an event has been sent with: the first one with a new field decides on its type. */
  const known = new Set<string>();
  const isNew = (contact: Contact<unknown>) => [...namesIn(contact)].some((field) => !known.has(field));
  const deliver = createDelivery<Following<R>>({
    ...endpoint,
    limiter,
    // An event replaces itself by its id, and whoever is on a list stays there.
    unchanging: (contact) => contact,
    onInvalidValue,
    zone: timeZoneOf(settings.time_zone),
    maxAttempts: advanced.max_attempts,
    firstDelayMs: FIRST_DELAY_MS,
    signal,
    waits: api.waits,
    otherIdentifier: OTHER_IDENTIFIER,
    isKnownField: (field) => endpoint.stage === "list" || known.has(field),
    onFieldLimit: () => undefined,
    onOddCounts: () => undefined,
  });
  return createChannel<Following<R>>({
    deliver: (batch: readonly Packed<Following<R>>[]) => deliver(batch),
    pack: endpoint.pack,
    batchSize: advanced.batch_size,
    batchBytes: advanced.batch_bytes,
    batchSeconds: advanced.batch_seconds,
    maxInFlight: advanced.max_in_flight,
    bringsNewField: (contact) => endpoint.stage === "event" && createsFields && isNew(contact),
    mayBeFoundYet: ({ foundBy }) => context.now() < foundBy,
    onEnd(delivered) {
      const { contact, outcome } = delivered;
      if (outcome.kind === "delivered" && createsFields)
        for (const field of namesIn(contact)) known.add(field);
      // Where a request as such is impossible, the pipeline knows nothing of stages.
      const staged = outcome.kind === "rejected" ? { ...outcome, stage: endpoint.stage } : outcome;
      const { named } = endpoint;
      const dropped = named
        ? delivered.dropped.map(({ field, reason }) => ({ field: named(field), reason }))
        : delivered.dropped;
      onEnd({ contact, outcome: staged, dropped });
    },
    onBatchEnd,
    onFailure,
    sleep: (ms) => sleep(ms, undefined, { signal }),
  });
}
