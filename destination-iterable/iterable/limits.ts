import { createHash } from "node:crypto";
import type { Context } from "../../connector/connector.js";
import { ConfigError, TransientError } from "../../connector/errors.js";
import { tellWaiting } from "../../connector/reporting/waiting.js";
import { SharedLimitProblem } from "../../http/errors.js";
import { createRateLimiter, type RateLimiter, type SharedPlaces } from "../../http/rate-limit.js";
import type { SharedLimit } from "../../http/shared/shared-limit.js";
import { createWaits } from "../../http/waits.js";

/** What has a limit of its own in Iterable's API reference, each per project. */
export type Paced = "bulk" | "lookup" | "lists" | "events" | "exports" | "project";

/** What is read of the project as a whole: 3 requests/second for each endpoint. Whoever starts is uneven in its pace. */
const PROJECT_READS_PER_SECOND = 2;

/** The limiters of a process, of its own or shared with others through Redis. */
export interface Limits {
  limiter(pace: {
    readonly name: Paced;
    readonly perSecond: number;
    readonly concurrent: number;
  }): RateLimiter;
  /** For what is read of the project as a whole; undefined where nobody else is known to read it at the same time. */
  readonly project: RateLimiter | undefined;
  /** Resolves when the limit can be kept. Throws ConfigError where it cannot. */
  prove(): Promise<void>;
  close(): Promise<void>;
}

/** Limits of this process alone. */
export function ownLimits({ now }: Pick<Context, "now">): Limits {
  return {
    limiter: ({ perSecond, concurrent }) => createRateLimiter({ perSecond, concurrent, now }),
    project: undefined,
    prove: async () => undefined,
    close: async () => undefined,
  };
}

/**
 * Limits that are shared where the settings say so: by everybody who uses the same key for the same host. In Redis both
 * are known by a hash. A Redis that refuses is a ConfigError, one that stays away a TransientError.
 */
export async function createLimits(settings: {
  readonly url: string | undefined;
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly context: Context;
}): Promise<Limits> {
  const { url, context } = settings;
  const { now } = context;
  if (url === undefined) return ownLimits(context);
  // Whoever shares nothing loads nothing of it.
  const { createSharedLimit } = await import("../../http/shared/shared-limit.js");
  const account = createHash("sha256").update(`${settings.baseUrl}\n${settings.apiKey}`).digest("hex");
  const shared = createSharedLimit({
    url,
    account: account.slice(0, 32),
    signal: context.signal,
    waits: createWaits({ service: "Redis (shared limit)", tell: tellWaiting(context), now }),
  });
  const limiter: Limits["limiter"] = ({ name, perSecond, concurrent }) =>
    createRateLimiter({ perSecond, concurrent, now, shared: placesOf(shared, name, perSecond) });
  return {
    limiter,
    project: limiter({ name: "project", perSecond: PROJECT_READS_PER_SECOND, concurrent: 1 }),
    prove: () =>
      shared.prove().catch((error: Error) => {
        throw new ConfigError(error.message, { cause: error });
      }),
    close: shared.close,
  };
}

function placesOf(shared: SharedLimit, name: Paced, perSecond: number): SharedPlaces {
  const places = shared.places(name, perSecond);
  return { next: () => places.next().catch(explain), hold: places.hold };
}

/** What a run ends with, in the terms of its kind. */
function explain(error: unknown): never {
  if (!(error instanceof SharedLimitProblem)) throw error;
  throw error.isTransient
    ? new TransientError(error.message, { cause: error })
    : new ConfigError(error.message, { cause: error });
}
