import { type ContactRow, createContactList, type ListRequest } from "./flowcode-contacts.js";
import { listSuites, SUITES, type Suite } from "./flowcode-suites.js";
import { type Answer, type Request, type ServerOptions, type Simulator, startServer } from "./http-server.js";
import { isObject, type Json } from "./json.js";

export interface FlowcodeOptions extends ServerOptions {
  readonly orgId?: string;
  readonly workspaceId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly apiKey?: string;
  /** How long a token lives. Default: an hour. */
  readonly tokenSeconds?: number;
  /** Version 1 of the exchange answers in camelCase, version 2 in snake_case. */
  readonly tokenCase?: "camel" | "snake";
  /** Whether the answer says how long the token lives, or only until when. */
  readonly tokenLifetime?: "expiresIn" | "expires";
  /** Contacts per page, where the request does not say. */
  readonly pageSize?: number;
  /** `proto`: a false is left out; `explicit`: it is sent; `never`: the field does not exist. */
  readonly hasNextPage?: "proto" | "explicit" | "never";
  /** By how much this server's clock, in its `Date` headers, is ahead. */
  readonly clockAheadMs?: number;
  /** Requests per second that are answered. Default: 100, the older gateway's limit. */
  readonly requestsPerSecond?: number;
  readonly suites?: readonly Suite[];
}

export interface FlowcodeSimulator extends Simulator {
  readonly rows: readonly ContactRow[];
  add(rows: readonly ContactRow[]): void;
  /** The options with all defaults, for configurations. */
  readonly account: {
    readonly orgId: string;
    readonly workspaceId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly apiKey: string;
  };
}

const EXCHANGE = "/identity/resources/auth/v1/api-token";
const LIST_CONTACTS = "/abacus.v1.AbacusService/ListContacts";
const LIST_SUITES = "/bundles.v1.BundleService/ListSuites";

/**
 * A stand-in for Flowcode's log-in and API, as public clients use them: tokens that end, Connect's errors, ProtoJSON's
 * answers, and a filter that passes over what it does not know.
 */
export async function startFlowcode(
  rows: readonly ContactRow[] = [],
  options: FlowcodeOptions = {},
): Promise<FlowcodeSimulator> {
  const now = options.now ?? Date.now;
  const account = {
    orgId: options.orgId ?? "org-1",
    workspaceId: options.workspaceId ?? "workspace-1",
    clientId: options.clientId ?? "3f1c2a58-0000-4000-8000-000000000001",
    clientSecret: options.clientSecret ?? "9b7e6d52-0000-4000-8000-000000000002",
    apiKey: options.apiKey ?? "flowcode-api-key",
  };
  const tokenSeconds = options.tokenSeconds ?? 3600;
  const tokens = new Map<string, number>();
  const contacts = createContactList(rows, options);

  const exchange = ({ body }: Request): Answer => {
    const asked = isObject(body) ? body : {};
    if (asked.clientId !== account.clientId || asked.secret !== account.clientSecret) {
      return { status: 401, body: { errors: ["Invalid client id or secret"] } };
    }
    const token = `token-${tokens.size + 1}-${Math.round(now())}`;
    tokens.set(token, now() + tokenSeconds * 1000);
    const expires = new Date(now() + tokenSeconds * 1000).toUTCString();
    const lifetime = options.tokenLifetime === "expires" ? { expires } : { expiresIn: tokenSeconds, expires };
    const camel = { accessToken: token, refreshToken: `refresh-${tokens.size}`, ...lifetime };
    return { status: 200, body: options.tokenCase === "snake" ? snakeCase(camel) : camel };
  };

  const isAuthorized = ({ headers }: Request): boolean => {
    if (headers.apikey !== undefined) return headers.apikey === account.apiKey;
    const until = tokens.get(headers.authorization?.replace(/^Bearer /, "") ?? "");
    return until !== undefined && now() < until;
  };

  /** Connect's errors, which come before a call is reached. */
  const refusal = (request: Request): Answer | undefined => {
    const { body, headers } = request;
    if (!headers["content-type"]?.startsWith("application/json")) return { status: 415, body: "" };
    if (!isAuthorized(request))
      return refused(401, "unauthenticated", "the token is missing, unknown or expired");
    if (!isObject(body)) return refused(400, "invalid_argument", "the body is not a JSON object");
    if (body.orgId !== account.orgId)
      return refused(403, "permission_denied", "no access to this organization");
    if (body.workspaceId !== account.workspaceId) return refused(404, "not_found", "unknown workspace");
    return undefined;
  };

  const listContacts = ({ body }: Request): Answer => {
    const asked = readListRequest(body as Json);
    if (typeof asked === "string") return refused(400, "invalid_argument", asked);
    const page = contacts.page(asked);
    return page === undefined
      ? refused(400, "invalid_argument", "invalid cursor")
      : { status: 200, body: page };
  };

  const calls: Readonly<Record<string, (request: Request) => Answer>> = {
    [EXCHANGE]: exchange,
    [LIST_CONTACTS]: (request) => refusal(request) ?? listContacts(request),
    [LIST_SUITES]: (request) =>
      refusal(request) ?? {
        status: 200,
        body: listSuites(options.suites ?? SUITES, request.body as Json),
      },
  };

  const handle = (request: Request): Answer => {
    const route = request.method === "POST" ? calls[request.path] : undefined;
    const answer = route ? route(request) : refused(404, "unimplemented", "404 page not found");
    const date = new Date(now() + (options.clockAheadMs ?? 0)).toUTCString();
    return { ...answer, headers: { date, ...answer.headers } };
  };

  const admin = ({ path, body }: Request): Answer => {
    if (path === "/__sim/contacts" && Array.isArray(body)) contacts.add(body as ContactRow[]);
    if (path === "/__sim/journal") return { status: 200, body: server.journal.entries };
    return { status: 200, body: { contacts: contacts.rows.length } };
  };

  const server = await startServer(options, handle, admin);
  return { ...server, account, rows: contacts.rows, add: contacts.add };
}

/** Reads both spellings of names, as ProtoJSON does. A text says what is wrong. */
function readListRequest(body: Json): ListRequest | string {
  const filter = either(body, "dateFilter", "date_filter");
  const pagination = isObject(body.pagination) ? body.pagination : {};
  const start = isObject(filter) ? either(filter, "startTime", "start_time") : undefined;
  if (start !== undefined && (typeof start !== "string" || Number.isNaN(Date.parse(start)))) {
    return "date_filter.start_time is not a timestamp";
  }
  const { after, first, orderBy, order } = pagination;
  if (order !== undefined && !["ORDER_ASC", "ORDER_DESC", "ORDER_UNSPECIFIED"].includes(String(order))) {
    return "pagination.order is not an Order";
  }
  return {
    startMs: typeof start === "string" ? Date.parse(start) : undefined,
    after: typeof after === "string" && after !== "" ? after : undefined,
    first: typeof first === "number" && first > 0 ? first : undefined,
    orderBy: orderBy === "lastConvertedAt" ? "lastConvertedAt" : "name",
    descending: order === "ORDER_DESC",
  };
}

const either = (value: Json, camel: string, snake: string): unknown => value[camel] ?? value[snake];

const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});

function snakeCase(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      member,
    ]),
  );
}
