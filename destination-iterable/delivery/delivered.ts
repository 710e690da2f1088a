import type { TransientError } from "../../connector/errors.js";
import type { Outcome, Stage } from "../accounting/outcome.js";
import type { FieldType } from "../iterable/field-types.js";
import type { TimeZone } from "../mapping/dates/time-zone.js";
import type { ExchangeOptions } from "./bulk/exchange.js";
import type { Packed } from "./compact/packing.js";
import type { Contact } from "./contact.js";
import type { Repair } from "./repair.js";

/** How one contact of a batch ended, and which of its values were left out on the way. */
export interface Delivered<R> {
  readonly contact: Contact<R>;
  readonly outcome: Exclude<Outcome, { kind: "unsettled" }>;
  readonly dropped: Repair["dropped"];
}

/**
 * A contact that Iterable fails on, alone, before anything has succeeded: nobody knows yet whether Iterable is down. It
 * gets another turn once somebody has been delivered.
 */
export interface Postponed<R> {
  readonly contact: Contact<R>;
  readonly outcome: { readonly kind: "postponed"; readonly error: TransientError };
  readonly dropped: Repair["dropped"];
}

/** What comes back of a contact that was sent. */
export type Landed<R> = Delivered<R> | Postponed<R>;

/** Sends a batch. Throws where nothing can be said of any of it. */
export type Deliver<R> = (batch: readonly Packed<R>[]) => Promise<readonly Landed<R>[]>;

export interface DeliveryOptions<R> extends ExchangeOptions {
  /** What rejections are reported as. */
  readonly stage: Extract<Stage, "delivery" | "list" | "event">;
  readonly pack: (contact: Contact<R>) => Packed<R>;
  /** A contact that was delivered, so that sending it again changes nothing. */
  readonly unchanging: (contact: Contact<R>) => Contact<R>;
  readonly onInvalidValue: "drop_field" | "reject_contact";
  /** Where times without an offset were written. */
  readonly zone: TimeZone;
  readonly onFields: (created: readonly string[], filtered: readonly string[]) => void;
  /** Told the types that fields turned out to have. */
  readonly onFieldTypes: (types: ReadonlyMap<string, FieldType>) => void;
  /** Told that an answer's counts contradict its lists, which are believed. */
  readonly onOddCounts: () => void;
  /** Whether Iterable has the field, so that it is not a new one. */
  readonly isKnownField: (field: string) => boolean;
  /** Told of fields that the project cannot have any more. */
  readonly onFieldLimit: (fields: readonly string[]) => void;
}
