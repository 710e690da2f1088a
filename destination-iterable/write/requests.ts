import type { Context } from "../../connector/connector.js";
import type { FieldChanges } from "../accounting/field-changes.js";
import type { Admitted } from "../accounting/settlement.js";
import type { Config } from "../config.js";
import { createDelivery } from "../delivery/bulk/delivery.js";
import { createPacker, type Packed } from "../delivery/compact/packing.js";
import { type Contact, withFields } from "../delivery/contact.js";
import type { Deliver } from "../delivery/delivered.js";
import { FIRST_DELAY_MS, type IterableApi } from "../iterable/api.js";
import { asUser, usersBody } from "../iterable/bodies.js";
import { IDENTIFIER_TARGETS } from "../iterable/identifiers.js";
import { timeZoneOf } from "../mapping/dates/time-zone.js";
import type { KnownFields } from "./known-fields.js";

/** So many batches wait for their turn at most: a thousand contacts with sixty fields each are several megabytes. */
const MAX_WAITING_BATCHES = 2;

const ODD_COUNTS =
  "the counts in Iterable's answers do not add up, as where it does not count users that an update leaves as they were: its lists of failures are believed, and everybody else counts as delivered";

type Pack = (contact: Contact<Admitted>) => Packed<Admitted>;

/** The requests that carry contacts to Iterable, within the limit. */
export interface Requests {
  readonly packUser: Pack;
  readonly update: Deliver<Admitted>;
  /** Whether so many batches wait for their turn that what is taken in could only wait behind them. */
  isHeldUp(): boolean;
}

export function createRequests(
  { settings, api, context }: { settings: Config; api: IterableApi; context: Context },
  known: KnownFields,
  changes: FieldChanges,
): Requests {
  const { advanced, identifier } = settings;
  const packUser = createPacker<Admitted>((contact) => asUser(contact, identifier));
  const limiter = api.limiter({
    name: "bulk",
    perSecond: advanced.bulk_requests_per_second,
    concurrent: advanced.max_in_flight,
  });
  return {
    packUser,
    update: createDelivery<Admitted>({
      limiter,
      stage: "delivery",
      bodyOf: (members) => usersBody(members, settings.create_new_fields),
      post: api.bulkUpdate,
      pack: packUser,
      // Without fields an update leaves a profile as it is.
      unchanging: (contact) => withFields(contact, {}),
      onInvalidValue: settings.on_invalid_value,
      zone: timeZoneOf(settings.time_zone),
      maxAttempts: advanced.max_attempts,
      firstDelayMs: FIRST_DELAY_MS,
      signal: context.signal,
      waits: api.waits,
      otherIdentifier: IDENTIFIER_TARGETS[identifier === "email" ? "user_id" : "email"],
      isKnownField: known.isKnown,
      onFieldLimit: known.refuse,
      onFieldTypes: known.correct,
      onFields: changes.add,
      onOddCounts: once(() => context.log.warn(ODD_COUNTS)),
    }),
    isHeldUp: () => limiter.waiting >= MAX_WAITING_BATCHES,
  };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
