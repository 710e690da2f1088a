import { ConfigError } from "../../connector/errors.js";
import type { Metrics } from "../../connector/reporting/metrics.js";
import { withoutSlash } from "../../http/addresses.js";
import { createHttpClient, type HttpRequest } from "../../http/client.js";
import { HttpStatusError, NetworkError } from "../../http/errors.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import { retry } from "../../http/retry.js";
import type { Waits } from "../../http/waits.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { parse } from "./codes.js";
import { type FieldType, fieldTypeOf } from "./field-types.js";
import type { Limits } from "./limits.js";
import { createProfileReads, type Get, NOBODY_BY_EMAIL } from "./profile-reads.js";
import { explainRead, isTransient, NOT_ITERABLE, NotIterable, withoutIdentifier } from "./read-errors.js";
import type { Answer } from "./verdict.js";

/** The delay before a second attempt, in ms; it doubles from there. */
export const FIRST_DELAY_MS = 1000;

/** Refusals for the rate (429) of one read after which it is given up. */
const MAX_THROTTLES = 30;

/** Where each data center has its API ("Iterable's European data center", Iterable's help center). */
export const DATA_CENTERS = { us: "https://api.iterable.com", eu: "https://api.eu.iterable.com" } as const;
export type DataCenter = keyof typeof DATA_CENTERS;

export interface IterableApi {
  /** The fields of user profiles with their types; those inside objects under dotted names. 3 requests/second. */
  fields(): Promise<Map<string, FieldType>>;
  /**
   * Resolves when the key may read profiles, which only Server-side keys may: the same keys that may write them.
   * Throws ConfigError where it may not.
   */
  proveServerSide(): Promise<void>;
  /**
   * Whether the project serves a list of forgotten users: those by email are refused where users are told apart by
   * user id alone, those by user id where they are by email (API reference). Undefined where the answer does not tell.
   * Asks once. 3 requests/second.
   */
  servesForgotten(by: "email" | "user_id"): Promise<boolean | undefined>;
  /**
   * The fields of a profile by its identifier, in its turn of the limiter; undefined where there is none.
   * 100 requests/second per project.
   */
  dataFields(identifier: string, limiter: RateLimiter): Promise<JsonObject | undefined>;
  /** Sends one bulk update, once, and resolves with whatever came back. 5 requests/second per project. */
  bulkUpdate(body: Uint8Array): Promise<Answer>;
  /** Subscribes users to a list, once, and resolves with whatever came back. Its limit is not documented. */
  subscribe(body: Uint8Array): Promise<Answer>;
  /** Sends custom events, once, and resolves with whatever came back. 10 requests/second per project. */
  trackBulk(body: Uint8Array): Promise<Answer>;
  /** The project's lists by their ids. 100 requests/second. */
  lists(): Promise<ReadonlyMap<number, ContactList>>;
  /** The pace of an endpoint: for requests that are let through by who sends them. */
  readonly limiter: Limits["limiter"];
  /** Told of every wait: for requests that are sent again by who sent them. */
  readonly waits?: Waits | undefined;
  close(): Promise<void>;
}

/** A list of contacts. `type`: Standard, Dynamic, Suppression or Internal (API reference of lists). */
export interface ContactList {
  readonly name: string;
  readonly type: string;
}

export interface ApiOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly identifier: "email" | "user_id";
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly onAnswer?: Metrics["answered"] | undefined;
  readonly waits?: Waits | undefined;
  readonly limits: Limits;
}

/** Iterable over HTTP. The key travels as the header `Api-Key`; keys in URLs are a legacy form. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: a method is an endpoint
export function createApi(options: ApiOptions): IterableApi {
  const client = createHttpClient(options);
  const base = withoutSlash(options.baseUrl);
  const { project } = options.limits;

  const get: Get = async (path, { limiter, attempts = options.maxAttempts, on5xx } = {}) => {
    const request: HttpRequest = {
      method: "GET",
      url: `${base}${path}`,
      endpoint: withoutIdentifier(path),
      headers: { "api-key": options.apiKey },
      signal: options.signal,
    };
    const send = async () => {
      const value = parse((await client.text(request)).text);
      if (!value) throw new NotIterable();
      return value;
    };
    let throttles = 0;
    try {
      return await retry(() => (limiter ? limiter.run(send) : send()), {
        attempts,
        firstDelayMs: options.firstDelayMs,
        maxDelayMs: 30_000,
        signal: options.signal,
        waits: options.waits,
        decide(error) {
          if (error instanceof HttpStatusError && error.status >= 500 && on5xx?.())
            return { action: "give_up" };
          if (
            limiter &&
            error instanceof HttpStatusError &&
            error.status === 429 &&
            throttles < MAX_THROTTLES
          ) {
            throttles += 1;
            limiter.pause(error.retryAfterMs ?? 1000 * throttles);
            return { action: "wait", until: limiter.pausedUntil };
          }
          return { action: isTransient(error) ? "retry" : "give_up" };
        },
      });
    } catch (error) {
      throw explainRead(error, path);
    }
  };

  const post = async (path: string, body: string | Uint8Array): Promise<Answer> => {
    const request: HttpRequest = {
      method: "POST",
      url: `${base}${path}`,
      headers: { "api-key": options.apiKey, "content-type": "application/json" },
      body,
    };
    try {
      const { status, text } = await client.text(request);
      return { kind: "status", status, body: text, retryAfterMs: undefined };
    } catch (error) {
      if (error instanceof HttpStatusError)
        return { kind: "status", status: error.status, body: error.body, retryAfterMs: error.retryAfterMs };
      if (error instanceof NetworkError) {
        return { kind: "lost", problem: error.message, transient: error.isTransient };
      }
      throw error;
    }
  };

  return {
    async fields() {
      const { fields: found } = await get("/api/users/getFields", { limiter: project });
      if (!isJsonObject(found)) throw new ConfigError(NOT_ITERABLE);
      return new Map(Object.entries(found).map(([name, type]) => [name, fieldTypeOf(type)]));
    },
    async proveServerSide() {
      await get(NOBODY_BY_EMAIL);
    },
    async servesForgotten(by) {
      const path = by === "email" ? "/api/users/forgotten" : "/api/users/forgottenUserIds";
      const headers = { "api-key": options.apiKey };
      const request = { method: "GET", url: `${base}${path}`, headers, signal: options.signal } as const;
      try {
        const { text } = await (project ? project.run(() => client.text(request)) : client.text(request));
        return Array.isArray(parse(text)?.[by === "email" ? "hashedEmails" : "hashedUserIds"]) || undefined;
      } catch (error) {
        const isRefused = error instanceof HttpStatusError && (error.status === 400 || error.status === 409);
        return isRefused ? false : undefined;
      }
    },
    dataFields: createProfileReads(options.identifier, get),
    async lists() {
      const { lists } = await get("/api/lists");
      if (!Array.isArray(lists)) throw new ConfigError(NOT_ITERABLE);
      return new Map(
        lists
          .filter(isJsonObject)
          .map(({ id, name, listType }) => [Number(id), { name: String(name), type: String(listType) }]),
      );
    },
    bulkUpdate: (body) => post("/api/users/bulkUpdate", body),
    subscribe: (body) => post("/api/lists/subscribe", body),
    trackBulk: (body) => post("/api/events/trackBulk", body),
    limiter: options.limits.limiter,
    waits: options.waits,
    async close() {
      await options.limits.close();
      await client.close();
    },
  };
}
