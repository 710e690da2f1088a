import type { Log } from "../../connector/reporting/log.js";
import type { Metrics } from "../../connector/reporting/metrics.js";
import { createHttpClient, type HttpClient, type HttpResponse } from "../../http/client.js";
import { createRateLimiter } from "../../http/rate-limit.js";
import type { Waits } from "../../http/waits.js";
import type { JsonObject } from "../../protocol/message.js";
import type { Credentials } from "../config.js";
import type { Tally } from "../tally.js";
import { brokenAs, type Patience, persist } from "./attempts.js";
import { type Auth, exchange, keyAuth, tokenAuth } from "./auth.js";
import { judgeLogIn } from "./log-in-refusals.js";
import { type Page, readPage } from "./page.js";
import { judge } from "./refusals.js";

/** Seen in a public client. */
const LIST_CONTACTS = "/abacus.v1.AbacusService/ListContacts";
/** The only order that a public client asks for. */
const ASCENDING = "ORDER_ASC";
/** Presumed: the counterpart in the same style, which no public client asks for. */
const DESCENDING = "ORDER_DESC";

/** Seen in two public clients, against the default host. */
const LIST_SUITES = "/bundles.v1.BundleService/ListSuites";
/** Without them drafts and archived suites are left out (a public client says so). */
const EVERY_STATE = ["ASSET_STATE_ACTIVE", "ASSET_STATE_DRAFT", "ASSET_STATE_ARCHIVED"];
/** What a public client asks for; it reads both spellings of the list. */
const SUITES_PER_PAGE = 250;
const SUITES = ["suites", "items"];

/** The log-in service's general limit is 100 a minute and address (developers.frontegg.com); bursts are let through. */
const LOG_INS_PER_SECOND = 5;

export interface ContactsRequest {
  /** Contacts converted before this are left out, as 2026-01-31T00:00:00Z. Null: every contact. */
  readonly since: string | null;
  /** The cursor of the page before; undefined for the first page. */
  readonly after: string | undefined;
  /** In place of what is configured. */
  readonly orderBy?: string;
  readonly pageSize?: number;
  /** From the end of the list to its beginning. */
  readonly descending?: boolean;
  /** Where the filter stands. Its one public caller puts it inside `filter`, the default; the top level is for `probe`. */
  readonly filterPlace?: "inside" | "top_level";
}

export type ContactsPage = Page & {
  /** The server's clock, in ms since 1970; undefined where it does not tell. */
  readonly serverTime: number | undefined;
};

export interface FlowcodeApi {
  /**
   * One page of contacts, after as many attempts as it takes. Throws ConfigError, TransientError, ProtocolError,
   * CursorRefused or ExtrasRefused; the rows of a streamed page throw whatever `isBroken` knows.
   */
  listContacts(request: ContactsRequest, signal: AbortSignal): Promise<ContactsPage>;
  /** One page of the workspace's Conversion Flows ("suites"), in every state. Throws as `listContacts` does. */
  listFlows(after: string | undefined, signal: AbortSignal): Promise<Page>;
  /** How a page that breaks while its rows are taken is asked for again. */
  readonly patience: { readonly attempts: number; pause(ms: number): void; onBroken(error: unknown): void };
  /** Until when Flowcode lets no request through, in ms since 1970; 0 where nothing is held. */
  readonly heldUntil: number;
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
  readonly onAnswer?: Metrics["answered"] | undefined;
  /** Told of every wait for Flowcode. */
  readonly waits?: Waits | undefined;
  readonly tally: Tally;
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
  const onBroken = (error: unknown) => options.tally.count(brokenAs(error));
  const patience = { attempts: options.maxAttempts, log: options.log, waits: options.waits, onBroken };
  const auth = createAuth(options, http, { ...patience, turns: logIns });

  /** One page of a list, after as many attempts as it takes. */
  function list(
    { path, body, names, what }: { path: string; body: JsonObject; names: readonly string[]; what: string },
    { hasCursor, hasExtras }: { hasCursor: boolean; hasExtras: boolean },
    signal: AbortSignal,
  ): Promise<ContactsPage> {
    let sent: Readonly<Record<string, string>> = {};
    let renewals = 0;
    const attempt = async () => {
      signal.throwIfAborted();
      sent = await auth.headers(signal);
      const answer = await http.send({
        method: "POST",
        url: `${options.apiBaseUrl}${path}`,
        headers: { "content-type": "application/json", accept: "application/json", ...sent },
        body: JSON.stringify({ orgId: options.orgId, workspaceId: options.workspaceId, ...body }),
        signal,
      });
      return { ...(await readPage(answer.body, names)), serverTime: serverTime(answer.headers) };
    };
    return persist(attempt, {
      ...patience,
      turns: limiter,
      signal,
      verdictOn: (refusal) => judge({ ...refusal, list: what, hasCursor, hasExtras }),
      renew: () => renewals++ === 0 && auth.refused(sent),
    });
  }

  return {
    listContacts(request, signal) {
      const body = contactsBody(options, request);
      const asked = { path: LIST_CONTACTS, body, names: ["conversions"], what: "contacts" };
      return list(asked, { hasCursor: request.after !== undefined, hasExtras: hasExtras(request) }, signal);
    },
    listFlows(after, signal) {
      const pagination = { first: SUITES_PER_PAGE, ...(after !== undefined && { after }) };
      const asked = {
        path: LIST_SUITES,
        body: { pagination, states: EVERY_STATE },
        names: SUITES,
        what: "flows",
      };
      return list(asked, { hasCursor: after !== undefined, hasExtras: false }, signal);
    },
    patience: { attempts: options.maxAttempts, pause: (ms) => limiter.pause(ms), onBroken },
    get heldUntil() {
      return Math.max(limiter.pausedUntil, logIns.pausedUntil);
    },
    close: () => http.close(),
  };
}

function createAuth(
  { credentials, authBaseUrl, now }: ApiOptions,
  http: HttpClient,
  patience: Omit<Patience, "signal" | "verdictOn" | "renew">,
): Auth {
  if (credentials.auth_type === "api_key") return keyAuth(credentials.api_key);
  const { client_id: clientId, client_secret: clientSecret } = credentials;
  const client = { baseUrl: authBaseUrl, clientId, clientSecret };
  const logIn = (signal: AbortSignal) =>
    persist(() => exchange(http, client, now, signal), {
      ...patience,
      signal,
      verdictOn: ({ status, body }) => judgeLogIn({ status, body, clientId, clientSecret }),
      renew: () => false,
    });
  return tokenAuth(logIn, now);
}

/** What a list can also be asked for without. */
function hasExtras({ since, orderBy, pageSize, descending }: ContactsRequest): boolean {
  return since !== null || orderBy !== undefined || pageSize !== undefined || descending === true;
}

/** ProtoJSON accepts both spellings of a name: these are the ones that a public client sends. */
function contactsBody(options: ApiOptions, { since, after, ...request }: ContactsRequest): JsonObject {
  const pageSize = request.pageSize ?? options.pageSize;
  const filter = { date_filter: { timezone: options.timezone, start_time: since } };
  return {
    ...(since !== null && (request.filterPlace === "top_level" ? filter : { filter })),
    pagination: {
      order: request.descending ? DESCENDING : ASCENDING,
      orderBy: request.orderBy ?? options.orderBy,
      ...(after !== undefined && { after }),
      ...(pageSize !== undefined && { first: pageSize }),
    },
  };
}

function serverTime(headers: HttpResponse["headers"]): number | undefined {
  const time = typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
