import { createContactList } from "./flowcode/contacts.js";
import { readListRequest, unknownField, unknownSuitesKey } from "./flowcode/list-request.js";
import { type Account, createLogIn } from "./flowcode/log-in.js";
import type { ContactRow } from "./flowcode/row.js";
import type { Crowd } from "./flowcode/shelf.js";
import { listSuites, SUITES, type Suite } from "./flowcode/suites.js";
import { type FlowcodeSwitches, flowcodeSwitches } from "./flowcode/switches.js";
import { type Bucket, createSlidingWindow } from "./http/buckets.js";
import type { Answer, Request } from "./http/exchange.js";
import { waitHeaders } from "./http/refusal-waits.js";
import { type ServerOptions, type Simulator, startServer } from "./http/server.js";
import { createSwitchboard, createSwitches } from "./http/switches.js";
import { isObject, type Json } from "./json.js";

export interface FlowcodeOptions
  extends Omit<ServerOptions, "interimAnswers">,
    Partial<Account>,
    Partial<FlowcodeSwitches> {
  readonly suites?: readonly Suite[];
  /** People who are made as they are asked for, beside the rows: a million cost nothing. */
  readonly crowd?: Crowd;
}

export interface FlowcodeSimulator extends Simulator {
  readonly rows: readonly ContactRow[];
  add(rows: readonly ContactRow[]): void;
  /** What can be changed while it runs. */
  readonly switches: FlowcodeSwitches;
  /** What configurations need. */
  readonly account: Account;
}

const EXCHANGE = "/identity/resources/auth/v1/api-token";
const LIST_CONTACTS = "/abacus.v1.AbacusService/ListContacts";
const LIST_SUITES = "/bundles.v1.BundleService/ListSuites";

/**
 * A stand-in for Flowcode's log-in and API, as public clients use them: tokens that end, Connect's errors, ProtoJSON's
 * answers, and what is not known about them by switches.
 */
export async function startFlowcode(
  rows: readonly ContactRow[] = [],
  options: FlowcodeOptions = {},
): Promise<FlowcodeSimulator> {
  const now = options.now ?? Date.now;
  const switches = createSwitches(flowcodeSwitches, options);
  const account: Account = {
    orgId: options.orgId ?? "org-1",
    workspaceId: options.workspaceId ?? "workspace-1",
    clientId: options.clientId ?? "3f1c2a58-0000-4000-8000-000000000001",
    clientSecret: options.clientSecret ?? "9b7e6d52-0000-4000-8000-000000000002",
    apiKey: options.apiKey ?? "flowcode-api-key",
  };
  const { exchange, isAuthorized } = createLogIn(account, switches, now);
  const contacts = createContactList(rows, switches, options.crowd);

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
    const asked = readListRequest(body as Json, switches);
    if (typeof asked === "string") return refused(400, "invalid_argument", asked);
    const page = contacts.page(asked);
    return page === undefined
      ? refused(400, "invalid_argument", "invalid cursor")
      : { status: 200, body: page };
  };
  const suites = ({ body }: Request): Answer => {
    const unknown = switches.unknownKeys === "refused" ? unknownSuitesKey(body as Json) : undefined;
    return unknown === undefined
      ? { status: 200, body: listSuites(options.suites ?? SUITES, body as Json) }
      : refused(400, "invalid_argument", unknownField(unknown));
  };

  const calls: Readonly<Record<string, (request: Request) => Answer>> = {
    [EXCHANGE]: exchange,
    [LIST_CONTACTS]: (request) => refusal(request) ?? listContacts(request),
    [LIST_SUITES]: (request) => refusal(request) ?? suites(request),
  };
  const buckets = new Map<number, Bucket>();
  const tooMany = (): Answer | undefined => {
    const limit = switches.requestsPerSecond;
    if (limit === null) return undefined;
    const bucket = buckets.get(limit) ?? createSlidingWindow(limit, now);
    buckets.set(limit, bucket);
    const wait = bucket.take();
    if (wait === undefined) return undefined;
    return {
      ...refused(429, "resource_exhausted", "too many requests"),
      ...waitHeaders(wait, switches, now()),
    };
  };

  const handle = (request: Request): Answer => {
    const route = request.method === "POST" ? calls[request.path] : undefined;
    const answer =
      tooMany() ?? (route ? route(request) : refused(404, "unimplemented", "404 page not found"));
    const date = new Date(now() + switches.clockAheadMs).toUTCString();
    return { ...answer, headers: { date, ...answer.headers } };
  };

  const switchboard = createSwitchboard(flowcodeSwitches, switches);
  const admin = (request: Request): Answer => {
    if (request.path === "/__sim/switches") return switchboard(request);
    if (request.path === "/__sim/contacts" && Array.isArray(request.body))
      contacts.add(request.body as ContactRow[]);
    return { status: 200, body: { contacts: contacts.rows.length } };
  };

  const serverOptions = { ...options, interimAnswers: () => switches.interimAnswers };
  const server = await startServer(serverOptions, handle, admin);
  return { ...server, account, switches, rows: contacts.rows, add: contacts.add };
}

const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
});
