import type { Log } from "../connector/log.js";
import { createHttpClient, type HttpResponse } from "../http/client.js";
import { createRateLimiter } from "../http/rate-limit.js";
import type { JsonObject } from "../protocol/message.js";
import { persist } from "./attempts.js";
import { type Auth, exchange, keyAuth, tokenAuth } from "./auth.js";
import type { Credentials } from "./config.js";
import { judge, judgeExchange } from "./failures.js";
import { type Page, readPage } from "./pages.js";

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
  const patience = { attempts: options.maxAttempts, log: options.log };
  const auth = createAuth(options.credentials);

  function createAuth(credentials: Credentials): Auth {
    if (credentials.auth_type === "api_key") return keyAuth(credentials.api_key);
    const client = {
      baseUrl: options.authBaseUrl,
      clientId: credentials.client_id,
      clientSecret: credentials.client_secret,
    };
    const logIn = (signal: AbortSignal) =>
      persist(() => exchange(http, client, options.now, signal), {
        ...patience,
        turns: logIns,
        signal,
        verdictOn: ({ status }) => judgeExchange(status),
        renew: () => false,
      });
    return tokenAuth(logIn, options.now);
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
      return persist(attempt, {
        ...patience,
        turns: limiter,
        signal,
        verdictOn: ({ status, body }) => judge(status, body, after !== undefined),
        renew: () => renewals++ === 0 && auth.refused(sent),
      });
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
