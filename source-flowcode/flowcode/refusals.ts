import { isJsonObject } from "../../protocol/message.js";

/**
 * What a refusal of Flowcode's asks for. `wait`: hold every request, then the same again. `renew`: the same again with
 * a new token. `restart`: the place in the list is not accepted any more. `simplify`: the same without its extras may be
 * accepted. `configure` and `fail`: nothing helps here.
 */
export type Action = "retry" | "wait" | "renew" | "restart" | "simplify" | "configure" | "fail";

export interface Verdict {
  readonly action: Action;
  /** For the user: what happened, and what to do about it. */
  readonly message: string;
}

interface Row {
  readonly action: Action;
  /** What the same refusal means when the request carried a cursor. */
  readonly withCursor?: Action;
  /** "{list}" stands for what was to be listed. */
  readonly message: string;
}

const SERVICE = "if it persists, ask Flowcode's support, and run again later: nothing is lost";
const IDS =
  "check org_id and workspace_id, and that the API client belongs to that organization and may read that workspace";

/**
 * By Connect code (connectrpc.com/docs/protocol, "Error Codes"). What each means for a list in particular is not
 * published: the sentences name what is known to be possible.
 */
const TABLE = {
  canceled: { action: "retry", message: `Flowcode cancelled the request; ${SERVICE}` },
  unknown: { action: "retry", message: `Flowcode failed without saying why; ${SERVICE}` },
  deadline_exceeded: { action: "retry", message: `Flowcode took too long; ${SERVICE}` },
  aborted: { action: "retry", message: `Flowcode aborted the request; ${SERVICE}` },
  internal: { action: "retry", message: `Flowcode had an internal error; ${SERVICE}` },
  unavailable: { action: "retry", message: `Flowcode is not available; ${SERVICE}` },
  data_loss: { action: "retry", message: `Flowcode could not read its data; ${SERVICE}` },
  resource_exhausted: {
    action: "wait",
    message: "Flowcode allows no more requests for now; lower requests_per_second, or run again later",
  },
  unauthenticated: {
    action: "renew",
    message:
      "Flowcode does not accept the credentials for its API; check that the API client (or the key) has not been deleted, and that advanced.api_base_url and advanced.auth_base_url belong together",
  },
  permission_denied: {
    action: "configure",
    message: `Flowcode denies access to the {list} of this workspace; ${IDS}; if they are right, ask Flowcode to enable the integration for the organization`,
  },
  not_found: {
    action: "configure",
    withCursor: "restart",
    message: `Flowcode does not know this organization or workspace; ${IDS}`,
  },
  invalid_argument: {
    action: "configure",
    withCursor: "restart",
    message: `Flowcode does not accept the request for the {list}; ${IDS}, and that contacts_order_by, timezone and page_size under advanced have their defaults`,
  },
  out_of_range: {
    action: "configure",
    withCursor: "restart",
    message: "Flowcode does not accept the page asked for; leave advanced.page_size out",
  },
  failed_precondition: {
    action: "configure",
    withCursor: "restart",
    message: `Flowcode is not set up to list the {list} of this workspace; ${IDS}; if they are right, ask Flowcode to enable the integration`,
  },
  unimplemented: {
    action: "configure",
    message:
      "There is no list of {list} at this address; check advanced.api_base_url (the default is Flowcode's own)",
  },
  already_exists: { action: "fail", message: "Flowcode answered with a conflict that a list cannot have" },
  proxy: {
    action: "configure",
    message: "The proxy asks for credentials; put user and password into HTTPS_PROXY",
  },
  unexpected: {
    action: "fail",
    message:
      "Flowcode answered in a way that is not known; check advanced.api_base_url, and any proxy between",
  },
} as const satisfies Record<string, Row>;
type Code = keyof typeof TABLE;

/** What stands for a code where the body has none: a gateway answered, and not the service. */
const BY_STATUS: Readonly<Record<number, Code>> = {
  400: "invalid_argument",
  401: "unauthenticated",
  403: "permission_denied",
  404: "unimplemented",
  405: "unimplemented",
  407: "proxy",
  408: "deadline_exceeded",
  409: "aborted",
  410: "out_of_range",
  422: "invalid_argument",
  425: "unavailable",
  429: "resource_exhausted",
  499: "canceled",
};

/** These statuses mean the same whatever a body says. */
const DECISIVE = new Set([401, 407, 429]);

/**
 * Words of a refusal that tell more than its code. Which words Flowcode uses is not published: they only choose
 * between remedies, and never what is done.
 */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /enabl|integration|feature|\bplan\b|entitle|licen[cs]e|subscription/i,
    "The integration is not enabled for this organization; ask your customer success manager at Flowcode to enable access to the {list} over the API",
  ],
  [
    /workspace/i,
    "Flowcode does not let this API client read this workspace, or does not know it; check workspace_id, and that the API client may read that workspace",
  ],
  [
    /\borg/i,
    "Flowcode does not let this API client read this organization, or does not know it; check org_id, and that the API client was created in that organization",
  ],
];
const HINTED = new Set<Code>(["permission_denied", "not_found", "failed_precondition"]);

/** What was refused. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** What was to be listed. */
  readonly list: string;
  /** Whether the request went on from a place in the list. */
  readonly hasCursor: boolean;
  /** Whether it had what it can do without: a filter, another order or page size than is configured. */
  readonly hasExtras: boolean;
}

/** A request that is not understood, whatever code the body names: Connect's codes share this status. */
const NOT_UNDERSTOOD = new Set([400, 422]);

/** What to do when Flowcode's API has refused a request. Never quotes the body. */
export function judge({ status, body, list, hasCursor, hasExtras }: Refusal): Verdict {
  const said = DECISIVE.has(status) ? {} : connectError(body);
  const code = said.code ?? BY_STATUS[status] ?? (status >= 500 ? "unavailable" : "unexpected");
  const row: Row = TABLE[code];
  const hint = HINTED.has(code) && HINTS.find(([words]) => words.test(said.message ?? ""));
  const message = (hint ? hint[1] : row.message).replace("{list}", list);
  const simplify = hasExtras && !hasCursor && NOT_UNDERSTOOD.has(status) ? "simplify" : undefined;
  return {
    action: simplify ?? ((hasCursor && row.withCursor) || row.action),
    message: `${message} (${status}${said.code ? ` ${said.code}` : ""})`,
  };
}

function connectError(body: string): { readonly code?: Code; readonly message?: string } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isJsonObject(parsed)) return {};
    const { code, message } = parsed;
    return {
      ...(typeof code === "string" && Object.hasOwn(TABLE, code) && { code: code as Code }),
      ...(typeof message === "string" && { message }),
    };
  } catch {
    return {};
  }
}
