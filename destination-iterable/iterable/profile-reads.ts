import { TransientError } from "../../connector/errors.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { NoSuchUser, UnreadableProfile } from "./read-errors.js";

/** Asks Iterable. Throws what explains why there is no answer. */
export type Get = (
  path: string,
  how?: {
    readonly limiter?: RateLimiter | undefined;
    readonly attempts?: number;
    /** Called at each 5xx; says whether asking again is pointless. */
    readonly on5xx?: () => boolean;
  },
) => Promise<JsonObject>;

/** Who nobody is, by either identifier: example.com is reserved (RFC 2606). */
const NOBODY = "nobody@example.com";

const pathOf = (identifier: "email" | "user_id", whose: string): string =>
  identifier === "email"
    ? `/api/users/getByEmail?email=${encodeURIComponent(whose)}`
    : `/api/users/byUserId?userId=${encodeURIComponent(whose)}`;

/** The look-up of an address that nobody has. */
export const NOBODY_BY_EMAIL = pathOf("email", NOBODY);

/** After so many failures of one profile while others can be read, it is not asked for again. */
const ENOUGH_FAILURES = 3;

/**
 * Reads the fields of profiles one by one; undefined where there is none. Throws UnreadableProfile for one that Iterable
 * fails on (5xx) while it answers for others: where nobody else is asked for meanwhile, for somebody who is nobody.
 */
export function createProfileReads(identifier: "email" | "user_id", get: Get) {
  /** Look-ups that were answered, by everybody. */
  let answered = 0;
  const ask = async (path: string, how: Parameters<Get>[1]): Promise<JsonObject | undefined> => {
    const found = await get(path, how).catch((error: unknown) => {
      if (error instanceof NoSuchUser) return undefined;
      throw error;
    });
    answered += 1;
    if (!isJsonObject(found?.user)) return undefined;
    return isJsonObject(found.user.dataFields) ? found.user.dataFields : {};
  };

  return async (whose: string, limiter: RateLimiter): Promise<JsonObject | undefined> => {
    const path = pathOf(identifier, whose);
    let failures = 0;
    let failedAt: number | undefined;
    const areOthersRead = () => failedAt !== undefined && answered > failedAt;
    const on5xx = () => {
      failures += 1;
      failedAt ??= answered;
      return failures >= ENOUGH_FAILURES && areOthersRead();
    };
    try {
      return await ask(path, { limiter, on5xx });
    } catch (error) {
      if (!(error instanceof TransientError) || failedAt === undefined) throw error;
      if (areOthersRead()) throw new UnreadableProfile(error.message);
      await ask(pathOf(identifier, NOBODY), { limiter, attempts: 1 }).catch(() => {
        throw error;
      });
      return await askLast(path, limiter);
    }
  };

  /** Asks once more, while others are read: another 5xx is then the profile's own. */
  async function askLast(path: string, limiter: RateLimiter): Promise<JsonObject | undefined> {
    let isItsOwn = false;
    const on5xx = () => {
      isItsOwn = true;
      return true;
    };
    try {
      return await ask(path, { limiter, attempts: 1, on5xx });
    } catch (error) {
      throw isItsOwn && error instanceof Error ? new UnreadableProfile(error.message) : error;
    }
  }
}
