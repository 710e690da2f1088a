import { ConfigError, ProtocolError, TransientError } from "../connector/errors.js";
import type { Log } from "../connector/log.js";
import { createHttpClient, type HttpResponse } from "../http/client.js";
import { HttpStatusError, NetworkError } from "../http/errors.js";
import { createRateLimiter, type RateLimiter } from "../http/rate-limit.js";
import { type RetryDecision, retry } from "../http/retry.js";
import type { JsonObject } from "../protocol/message.js";
import { type Auth, exchange, keyAuth, tokenAuth } from "./auth.js";
import type { Credentials } from "./config.js";
import { judge, judgeExchange, type Verdict } from "./failures.js";
import { MalformedPage, type Page, readPage } from "./pages.js";

/** Seen in two public clients; that ListContacts is served there is an inference. */
export const API_BASE_URL = "https://api.conversions.flowcode.com";
/** Seen in two public clients. */
export const AUTH_BASE_URL = "https://authn.flowcode.com";

/** Seen in a public client. */
const LIST_CONTACTS = "/abacus.v1.AbacusService/ListContacts";
/** The only order that a public client asks for. */
const ORDER = "ORDER_ASC";

/** The log-in service's general limit is 100 a minute and address (developers.frontegg.com); bursts are let through. */
const LOG_INS_PER_SECOND = 5;

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 30_000;
/** How long one request may be held back by "too many requests", all its waits together. */
const MAX_WAIT_MS = 600_000;
const MAX_WAITS = 100;

export interface ContactsRequest {
  /** Contacts converted before this are left out, as 2026-01-31T00:00:00Z. Null: every contact. */
  readonly since: string | null;
  /** The cursor of the page before; undefined for the first page. */
  readonly after: string | undefined;
}

export type ContactsPage = Page & {
  /** The server's clock, in ms since 1970; undefined where it does not tell. */
  readonly serverTime: number | undefined;
};

/** The list was asked to go on from a place that Flowcode does not accept any more. */
export class CursorRefused extends Error {
  override readonly name = "CursorRefused";
}

export interface FlowcodeApi {
  /**
   * One page of contacts, after as many attempts as it takes. Throws ConfigError, TransientError, ProtocolError or
   * CursorRefused; the rows of a streamed page throw whatever `isBroken` knows.
   */
  listContacts(request: ContactsRequest, signal: AbortSignal): Promise<ContactsPage>;
  /** Holds every request for a while. */
  pause(ms: number): void;
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly apiBaseUrl: string;
  readonly authBaseUrl: string;
  readonly credentials: Credentials;
  readonly orgId: string;
  readonly workspaceId: string;
  readonly orderBy: string;
  readonly timezone: string;
  readonly pageSize: number | undefined;
  readonly requestsPerSecond: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly userAgent: string;
  readonly now: () => number;
  readonly log: Log;
}

/** Flowcode over HTTP. */
export function createApi(options: ApiOptions): FlowcodeApi {
  const http = createHttpClient(options);
  const limiter = createRateLimiter({
    perSecond: options.requestsPerSecond,
    concurrent: 1,
    now: options.now,
  });
  const logIns = createRateLimiter({ perSecond: LOG_INS_PER_SECOND, concurrent: 1, now: options.now });
  const auth = createAuth(options.credentials);

  function createAuth(credentials: Credentials): Auth {
    if (credentials.auth_type === "api_key") return keyAuth(credentials.api_key);
    const client = {
      baseUrl: options.authBaseUrl,
      clientId: credentials.client_id,
      clientSecret: credentials.client_secret,
    };
    const logIn = (signal: AbortSignal) =>
      persist(
        logIns,
        () => exchange(http, client, options.now, signal),
        signal,
        ({ status }) => judgeExchange(status),
      );
    return tokenAuth(logIn, options.now);
  }

  /** Tries until it succeeds or `verdictOn` says that it never will; then throws what tells the user why. */
  async function persist<T>(
    turns: RateLimiter,
    attempt: () => Promise<T>,
    signal: AbortSignal,
    verdictOn: (error: HttpStatusError) => Verdict,
    renew: () => boolean = () => false,
  ): Promise<T> {
    let waits = 0;
    let waited = 0;
    const wait = (asked: number | undefined): RetryDecision => {
      const ms = Math.max(asked ?? Math.min(1000 * 2 ** waits, 60_000), 100);
      waits += 1;
      waited += ms;
      if (waited > MAX_WAIT_MS || waits > MAX_WAITS) return { action: "give_up" };
      if (waits === 1) options.log.info("Flowcode asks for a pause; the requests wait");
      turns.pause(ms);
      return { action: "wait" };
    };
    const decide = (error: unknown): RetryDecision => {
      if (isBroken(error)) return { action: "retry" };
      if (!(error instanceof HttpStatusError)) return { action: "give_up" };
      switch (verdictOn(error).action) {
        case "wait":
          return wait(error.retryAfterMs);
        case "renew":
          return { action: renew() ? "wait" : "give_up" };
        case "retry":
          if (error.retryAfterMs !== undefined) turns.pause(Math.min(error.retryAfterMs, MAX_WAIT_MS));
          return { action: "retry" };
        case "restart":
        case "configure":
        case "fail":
          return { action: "give_up" };
      }
    };
    const policy = { attempts: options.maxAttempts, firstDelayMs: FIRST_DELAY_MS, maxDelayMs: MAX_DELAY_MS };
    try {
      return await retry(() => orAborted(turns.run(attempt), signal), { ...policy, signal, decide });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof HttpStatusError ? explain(verdictOn(error)) : explainFault(error);
    }
  }

  return {
    async listContacts({ since, after }, signal) {
      const body = JSON.stringify(contactsBody(options, since, after));
      let sent: Readonly<Record<string, string>> = {};
      let renewals = 0;
      const attempt = async () => {
        signal.throwIfAborted();
        sent = await auth.headers(signal);
        const answer = await http.send({
          method: "POST",
          url: `${options.apiBaseUrl}${LIST_CONTACTS}`,
          headers: { "content-type": "application/json", accept: "application/json", ...sent },
          body,
          signal,
        });
        return { ...(await readPage(answer.body)), serverTime: serverTime(answer.headers) };
      };
      return persist(
        limiter,
        attempt,
        signal,
        ({ status, body }) => judge(status, body, after !== undefined),
        () => renewals++ === 0 && auth.refused(sent),
      );
    },
    pause: (ms) => limiter.pause(ms),
    close: () => http.close(),
  };
}

/** ProtoJSON accepts both spellings of a name: these are the ones that a public client sends. */
function contactsBody(options: ApiOptions, since: string | null, after: string | undefined): JsonObject {
  return {
    orgId: options.orgId,
    workspaceId: options.workspaceId,
    ...(since !== null && { date_filter: { timezone: options.timezone, start_time: since } }),
    pagination: {
      order: ORDER,
      orderBy: options.orderBy,
      ...(after !== undefined && { after }),
      ...(options.pageSize !== undefined && { first: options.pageSize }),
    },
  };
}

function serverTime(headers: HttpResponse["headers"]): number | undefined {
  const time = typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Whether an answer was missing or broken in a way that asking again may heal. */
export function isBroken(error: unknown): boolean {
  return error instanceof MalformedPage || (error instanceof NetworkError && error.isTransient);
}

function explain(verdict: Verdict): Error {
  switch (verdict.action) {
    case "restart":
      return new CursorRefused(verdict.message);
    case "configure":
    case "renew":
      return new ConfigError(verdict.message);
    case "retry":
    case "wait":
      return new TransientError(verdict.message);
    case "fail":
      return new ProtocolError(verdict.message);
  }
}

/** A failure without a status, in words for the user. What is not known here stays as it is. */
export function explainFault(error: unknown): unknown {
  if (error instanceof MalformedPage) {
    return new ProtocolError(
      `Flowcode answered 200 with ${error.message}; check advanced.api_base_url and any proxy between; nothing was taken from that answer's end on`,
    );
  }
  if (!(error instanceof NetworkError)) return error;
  return error.isTransient ? new TransientError(error.message) : new ConfigError(error.message);
}

/** Settles with `work`, or rejects as soon as the signal is aborted, whatever becomes of `work`. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
