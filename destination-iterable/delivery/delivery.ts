import { ConfigError, TransientError } from "../../connector/errors.js";
import { HeldTooLong } from "../../http/errors.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import { retry } from "../../http/retry.js";
import type { Waits } from "../../http/waits.js";
import type { Outcome, Stage } from "../accounting/outcome.js";
import type { LostReason } from "../accounting/reasons.js";
import { type Answer, readAnswer, type Verdict } from "../iterable/answers.js";
import type { Packed } from "./compact/packing.js";
import type { Contact } from "./contact.js";
import { outage, stillThrottled } from "./outage.js";
import { type Repair, repairContact } from "./repair.js";

/** How one contact of a batch ended, and which of its values were left out on the way. */
export interface Delivered<R> {
  readonly contact: Contact<R>;
  readonly outcome: Exclude<Outcome, { kind: "unsettled" }>;
  readonly dropped: readonly { readonly field: string; readonly reason: LostReason }[];
}

export interface DeliveryOptions<R> {
  /** What rejections are reported as. */
  readonly stage: Extract<Stage, "delivery" | "list" | "event">;
  /** The body of a request. */
  readonly bodyOf: (members: readonly Packed<R>[]) => Uint8Array;
  /** Sends one request, once. */
  readonly post: (body: Uint8Array) => Promise<Answer>;
  /** Reads the answer for contacts with these identifiers. Default: as that to a bulk update. */
  readonly read?: (answer: Answer, keys: readonly string[]) => Verdict;
  readonly limiter: RateLimiter;
  readonly pack: (contact: Contact<R>) => Packed<R>;
  readonly onInvalidValue: "drop_field" | "reject_contact";
  readonly maxAttempts: number;
  /** The delay before a second attempt, in ms. */
  readonly firstDelayMs: number;
  readonly signal: AbortSignal;
  /** Told of every wait. */
  readonly waits?: Waits | undefined;
  readonly onFields: (created: readonly string[], filtered: readonly string[]) => void;
  /** Told the type that a field turned out to have. */
  readonly onFieldType: (repair: Repair["fields"]) => void;
}

/** Attempts for a GenericError, before the batch is halved to find the contact that causes it. */
const GENERIC_ATTEMPTS = 3;
const MAX_DELAY_MS = 60_000;
/** Refusals for the rate (429) in a row after which the limit is taken to be somebody else's for good. */
const MAX_THROTTLES = 30;
/** Contacts that fail alone, without any success meanwhile, after which the endpoint is taken to be down. */
const LONE_FAILURES_OF_AN_OUTAGE = 5;

const DELIVERED = { kind: "delivered" } as const;
const NONE: Repair["dropped"] = [];

/** A part of a batch on its way. */
interface Piece<R> {
  readonly members: readonly Packed<R>[];
  /** How many requests had succeeded when its members first failed; undefined as long as they have not. */
  readonly failedAt?: number | undefined;
  /** Whether it is sent to find out which contact fails, so that one attempt is enough. */
  readonly isolating?: boolean;
}

/** Iterable could not carry out a request, and might another time. */
class Unanswered extends Error {
  constructor(readonly verdict: Extract<Verdict, { kind: "throttled" | "generic" | "unavailable" }>) {
    super("unanswered");
  }
}

/**
 * Delivers batches through an endpoint that takes many contacts at once. Every contact of a batch ends delivered or rejected; a batch is only
 * ever resent in parts of itself, one part at a time, so no contact is in flight twice.
 * Throws ConfigError where nothing can succeed, and TransientError where Iterable is down: then the batch is unsettled.
 */
export function createDelivery<R>(options: DeliveryOptions<R>) {
  const read = options.read ?? readAnswer;
  let successes = 0;
  let throttles = 0;

  /** Sends one piece until there is a verdict on it, or throws Unanswered once its attempts are used up. */
  const exchange = (piece: Piece<R>, seen: { failedAt: number | undefined }): Promise<Verdict> => {
    // Ready before its turn comes: what is made after it would make the pace uneven, and Iterable count a sixth request.
    const body = options.bodyOf(piece.members);
    const keys = piece.members.map(({ contact }) => contact.identifier);
    const attempt = async (): Promise<Verdict> => {
      const verdict = read(await options.limiter.run(() => options.post(body)), keys);
      if (verdict.kind === "throttled") {
        throttles += 1;
        options.limiter.pause(
          verdict.retryAfterMs ?? Math.min(1000 * 2 ** Math.min(throttles - 1, 6), MAX_DELAY_MS),
        );
        throw new Unanswered(verdict);
      }
      throttles = 0;
      if (verdict.kind === "generic" || verdict.kind === "unavailable") {
        seen.failedAt ??= successes;
        throw new Unanswered(verdict);
      }
      if (verdict.kind === "settled" || verdict.kind === "unattributed") successes += 1;
      return verdict;
    };
    return retry(attempt, {
      attempts: options.maxAttempts,
      firstDelayMs: options.firstDelayMs,
      maxDelayMs: MAX_DELAY_MS,
      signal: options.signal,
      waits: options.waits,
      decide(error, number) {
        if (!(error instanceof Unanswered)) return { action: "give_up" };
        if (error.verdict.kind === "throttled")
          return throttles > MAX_THROTTLES
            ? { action: "give_up" }
            : { action: "wait", reason: "rate_limited", until: options.limiter.pausedUntil };
        const reason = error.verdict.kind;
        const mayPass = reason === "unavailable" || (!piece.isolating && number < GENERIC_ATTEMPTS);
        return mayPass ? { action: "retry", reason } : { action: "give_up" };
      },
    });
  };

  return async function deliver(batch: readonly Packed<R>[]): Promise<Delivered<R>[]> {
    const results: Delivered<R>[] = [];
    const dropped = new Map<string, Repair["dropped"]>();
    const pending: Piece<R>[] = [{ members: batch }];
    const doubtful: Piece<R>[] = [];
    let confirming = false;
    let loneFailures = 0;
    const successesBefore = successes;

    const end = ({ contact }: Packed<R>, outcome: Delivered<R>["outcome"]): void => {
      results.push({ contact, outcome, dropped: dropped.get(contact.key) ?? NONE });
    };
    const reject = (packed: Packed<R>, reason: LostReason, field?: string): void =>
      end(packed, { kind: "rejected", stage: options.stage, reason, field });
    const halve = ({ members, failedAt }: Piece<R>, isolating: boolean): void => {
      const middle = Math.ceil(members.length / 2);
      pending.push({ members: members.slice(middle), failedAt, isolating });
      pending.push({ members: members.slice(0, middle), failedAt, isolating });
    };
    const isolate = (piece: Piece<R>, reason: LostReason): void => {
      if (piece.members.length > 1) halve(piece, false);
      else reject(piece.members[0] as Packed<R>, reason);
    };

    const onUnanswered = (piece: Piece<R>, verdict: Unanswered["verdict"]): void => {
      const othersSucceed = piece.failedAt !== undefined && successes > piece.failedAt;
      if (verdict.kind === "throttled") throw stillThrottled();
      if (verdict.kind === "unavailable" && !othersSucceed) throw outage(verdict.problem);
      if (piece.members.length > 1) halve(piece, true);
      else if (!confirming) {
        doubtful.push(piece);
        loneFailures += 1;
        if (successes > successesBefore) return;
        if (loneFailures >= LONE_FAILURES_OF_AN_OUTAGE) throw outage(verdict.problem);
        // Nothing has succeeded yet: look where success is most likely, at the largest part that is left.
        pending.sort((a, b) => a.members.length - b.members.length);
      } else if (othersSucceed) reject(piece.members[0] as Packed<R>, "server_error");
      else throw outage(verdict.problem);
    };

    const repair = (piece: Piece<R>, fields: Repair["fields"]): void => {
      options.onFieldType(fields);
      let changed = false;
      const members: Packed<R>[] = [];
      for (const packed of piece.members) {
        const fixed = repairContact(packed.contact, fields, piece.members.length === 1);
        if (!fixed) members.push(packed);
        else {
          changed = true;
          const first = fixed.dropped[0];
          if (first && options.onInvalidValue === "reject_contact") reject(packed, first.reason, first.field);
          else {
            dropped.set(packed.contact.key, [...(dropped.get(packed.contact.key) ?? []), ...fixed.dropped]);
            members.push(options.pack(fixed.contact));
          }
        }
      }
      if (!changed) isolate(piece, "type_mismatch");
      else if (members.length > 0) pending.push({ ...piece, members });
    };

    const takeOut = (piece: Piece<R>, rows: ReadonlyMap<number, string>): void => {
      const rest = piece.members.filter((_, index) => !rows.has(index));
      if (rest.length === piece.members.length) {
        isolate(piece, "malformed");
        return;
      }
      for (const [index, field] of rows) {
        const packed = piece.members[index];
        if (packed) reject(packed, "malformed", field || undefined);
      }
      if (rest.length > 0) pending.push({ ...piece, members: rest });
    };

    const settle = (piece: Piece<R>, verdict: Verdict): void => {
      switch (verdict.kind) {
        case "settled":
          options.onFields(verdict.createdFields, verdict.filteredOutFields);
          for (const [index, packed] of piece.members.entries()) {
            const reason = verdict.refused.get(index);
            if (reason === undefined) end(packed, DELIVERED);
            else reject(packed, reason);
          }
          return;
        case "unattributed":
        case "refused":
          isolate(piece, verdict.reason);
          return;
        case "too_large":
          isolate(piece, "contact_too_large");
          return;
        case "mismatch":
          repair(piece, verdict.fields);
          return;
        case "malformed":
          takeOut(piece, verdict.rows);
          return;
        case "stop":
          throw new ConfigError(verdict.message);
        case "throttled":
        case "generic":
        case "unavailable":
          onUnanswered(piece, verdict);
      }
    };

    for (;;) {
      const piece = pending.pop();
      if (piece) {
        const seen = { failedAt: piece.failedAt };
        const verdict = await exchange(piece, seen).catch((error: unknown) => {
          if (error instanceof Unanswered) return error.verdict;
          if (error instanceof HeldTooLong) throw new TransientError(`Iterable ${error.message}`);
          throw error;
        });
        settle({ ...piece, failedAt: seen.failedAt }, verdict);
      } else if (doubtful.length > 0) {
        // Each contact that failed alone is tried once more, now that others have had their turn in between.
        confirming = true;
        pending.push(...doubtful.splice(0));
      } else return results;
    }
  };
}
