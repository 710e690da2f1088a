import { setTimeout as sleep } from "node:timers/promises";
import { SharedLimitProblem } from "../errors.js";
import { paceOf, type SharedPlaces } from "../rate-limit.js";
import { retry } from "../retry.js";
import type { Waits } from "../waits.js";
import { goneForGood, sharedLimitProblem } from "./problems.js";
import { HOLD, MAY_START } from "./scripts.js";
import { openSession, type Session } from "./session.js";

/** How long Redis may be away before a run ends for it, in ms: longer than a failover or a restart takes. */
const AWAY_MS = 60_000;
const AGAIN_MS = 500;
const AGAIN_AT_MOST_MS = 5_000;
/** After so long bottleneck forgets the place of a process that was killed; it is free from its time on. */
const EXPIRATION_MS = 60_000;
/** Connections that fail in a row before it is given up, whatever the clock says. */
const MAX_ATTEMPTS = 1_000;

/** The pace of a vendor's endpoints, kept together with every process that uses the same Redis for the same account. */
export interface SharedLimit {
  /** The places of one pace. Of a name that differs in its pace the one that was asked for last counts. */
  places(name: string, perSecond: number): SharedPlaces;
  /** Connects once. Throws SharedLimitProblem where that fails. */
  prove(): Promise<void>;
  close(): Promise<void>;
}

export interface SharedLimitOptions {
  /** redis:// or rediss://, with user name, password and database. */
  readonly url: string;
  /** Whose limit it is: a hash. Whoever gives the same one shares. */
  readonly account: string;
  /** Aborted when the process is to stop: then a Redis that is away is not waited for. */
  readonly signal: AbortSignal;
  readonly waits?: Waits | undefined;
  /** Default: a minute. */
  readonly awayMs?: number;
}

/**
 * Shares places through Redis: bottleneck spaces them evenly and in turn, and a script of ours sees that starts which
 * come late do not gather within one second, and that everybody holds where one was told to. A Redis that is away is
 * waited for up to `awayMs`; then SharedLimitProblem is thrown. A process that dies holds at most one place of each
 * pace, which lapses.
 */
export function createSharedLimit(options: SharedLimitOptions): SharedLimit {
  const server = new URL(options.url).host;
  const { signal, awayMs = AWAY_MS } = options;
  let opening: Promise<Session> | undefined;
  let isClosed = false;

  const during = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    opening ??= openSession(options.url);
    const mine = opening;
    let session: Session | undefined;
    try {
      session = await mine;
      return await Promise.race([work(session), session.died]);
    } catch (error) {
      if (opening === mine) opening = undefined;
      session?.close();
      throw error instanceof TypeError ? error : sharedLimitProblem(error, server);
    }
  };

  const patiently = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    let since: number | undefined;
    const isOver = () => {
      since ??= performance.now();
      return isClosed || performance.now() - since >= awayMs;
    };
    return retry(() => during(work), {
      attempts: MAX_ATTEMPTS,
      firstDelayMs: AGAIN_MS,
      maxDelayMs: AGAIN_AT_MOST_MS,
      signal,
      waits: options.waits,
      decide(error) {
        if (!(error instanceof SharedLimitProblem) || !error.isTransient) return { action: "give_up" };
        if (isOver()) throw goneForGood(error, awayMs);
        return { action: "retry", reason: error.reason };
      },
    });
  };

  return {
    places(name, perSecond) {
      const id = `flowcode-iterable:{${options.account}}:${name}`;
      const { spacing, mostAtATime, leastMs } = paceOf(perSecond);
      const takePlace = async (session: Session) => {
        const places = await session.places(id, spacing);
        await new Promise<void>((resolve, reject) => {
          // Ours when its time has come; bottleneck ends its job only when Redis has heard of it.
          places.schedule({ expiration: EXPIRATION_MS }, async () => resolve()).catch(reject);
        });
      };
      const start = async (session: Session): Promise<number> => {
        const pace = [mostAtATime, mostAtATime * spacing, leastMs];
        for (;;) {
          const reply = await session.run(MAY_START, [`${id}:hold`, `${id}:starts`], pace);
          const [held, early] = reply as [number, number];
          if (early === 0) return held;
          await sleep(early);
        }
      };
      return {
        next: () =>
          patiently(async (session) => {
            await takePlace(session);
            return start(session);
          }),
        async hold(ms) {
          await patiently((session) => session.run(HOLD, [`${id}:hold`], [ms]));
        },
      };
    },
    async prove() {
      await during(async (session) => {
        await session.places(`flowcode-iterable:{${options.account}}:check`, 0);
        await session.run(HOLD, [`flowcode-iterable:{${options.account}}:check:hold`], [1]);
      });
    },
    async close() {
      isClosed = true;
      (await opening?.catch(() => undefined))?.close();
    },
  };
}
