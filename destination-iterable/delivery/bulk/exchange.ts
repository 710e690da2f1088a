import { TransientError } from "../../../connector/errors.js";
import { HeldTooLong } from "../../../http/errors.js";
import type { RateLimiter } from "../../../http/rate-limit.js";
import { retry } from "../../../http/retry.js";
import type { Waits } from "../../../http/waits.js";
import { readAnswer } from "../../iterable/answers.js";
import type { Answer, Sent, Verdict } from "../../iterable/verdict.js";
import type { Packed } from "../compact/packing.js";
import type { Piece } from "./pieces.js";

export interface ExchangeOptions {
  /** The body of a request. */
  readonly bodyOf: (members: readonly Packed<unknown>[]) => Uint8Array;
  /** Sends one request, once. */
  readonly post: (body: Uint8Array) => Promise<Answer>;
  /** Reads the answer. Default: as that to a bulk update. */
  readonly read?: (answer: Answer, sent: Sent) => Verdict;
  readonly limiter: RateLimiter;
  readonly maxAttempts: number;
  /** The delay before a second attempt, in ms. */
  readonly firstDelayMs: number;
  readonly signal: AbortSignal;
  /** Told of every wait. */
  readonly waits?: Waits | undefined;
  /** The field of a profile that is the other identifier. */
  readonly otherIdentifier: string;
}

/** Attempts for a 500, before the batch is halved to find the contact that causes it. */
const GENERIC_ATTEMPTS = 3;
const MAX_DELAY_MS = 60_000;
/** Refusals for the rate (429) in a row after which the limit is taken to be somebody else's for good. */
const MAX_THROTTLES = 30;

/** What a piece came to, and how many requests had succeeded when its members first failed. */
export interface Exchanged {
  readonly verdict: Verdict;
  readonly failedAt: number | undefined;
}

/** Sends pieces, each until there is a verdict on it or its attempts are used up. */
export interface Exchange<R> {
  send(piece: Piece<R>): Promise<Exchanged>;
  /** Whoever was delivered last, by anybody who uses this exchange. */
  lastDelivered: Packed<R> | undefined;
  /** Requests that were answered with a success, by everybody who uses this exchange. */
  readonly successes: number;
}

/** Iterable could not carry out a request, and might another time. */
class Unanswered extends Error {
  constructor(
    readonly verdict: Extract<Verdict, { kind: "throttled" | "generic" | "failing" | "unavailable" }>,
  ) {
    super("unanswered");
  }
}

export function createExchange<R>(options: ExchangeOptions): Exchange<R> {
  const { limiter, read = readAnswer } = options;
  let successes = 0;
  let throttles = 0;

  const judge = (verdict: Verdict): Verdict => {
    if (verdict.kind === "throttled") {
      throttles += 1;
      limiter.pause(verdict.retryAfterMs ?? Math.min(1000 * 2 ** Math.min(throttles - 1, 6), MAX_DELAY_MS));
      throw new Unanswered(verdict);
    }
    throttles = 0;
    if (verdict.kind === "generic" || verdict.kind === "failing" || verdict.kind === "unavailable") {
      throw new Unanswered(verdict);
    }
    const hasSucceeded =
      verdict.kind === "settled" || verdict.kind === "conflict" || verdict.kind === "unattributed";
    if (hasSucceeded) successes += 1;
    return verdict;
  };

  return {
    lastDelivered: undefined,
    get successes() {
      return successes;
    },
    async send({ members, failedAt: failedBefore, isolating }) {
      let failedAt = failedBefore;
      // Ready before its turn comes: what is made after it would make the pace uneven, and Iterable count a sixth request.
      const body = options.bodyOf(members);
      const sent = {
        keys: members.map(({ contact }) => contact.identifier),
        otherKey: (index: number) => textIn(members[index]?.contact.fields[options.otherIdentifier]),
      };
      const attempt = async (): Promise<Verdict> =>
        judge(read(await limiter.run(() => options.post(body)), sent));
      const verdict = await retry(attempt, {
        attempts: options.maxAttempts,
        firstDelayMs: options.firstDelayMs,
        maxDelayMs: MAX_DELAY_MS,
        signal: options.signal,
        waits: options.waits,
        decide(error, number) {
          if (!(error instanceof Unanswered)) return { action: "give_up" };
          const { kind } = error.verdict;
          if (kind !== "throttled") failedAt ??= successes;
          switch (kind) {
            case "throttled":
              return throttles > MAX_THROTTLES
                ? { action: "give_up" }
                : { action: "wait", reason: "rate_limited", until: limiter.pausedUntil };
            case "unavailable":
              return { action: "retry", reason: "unavailable" };
            case "failing":
              return isolating ? { action: "give_up" } : { action: "retry", reason: "unavailable" };
            case "generic":
              return isolating || number >= GENERIC_ATTEMPTS
                ? { action: "give_up" }
                : { action: "retry", reason: "generic" };
          }
        },
      }).catch((error: unknown) => {
        if (error instanceof Unanswered) return error.verdict;
        if (error instanceof HeldTooLong) throw new TransientError(`Iterable ${error.message}`);
        throw error;
      });
      return { verdict, failedAt };
    },
  };
}

const textIn = (value: unknown) => (typeof value === "string" ? value : undefined);
