import { isJsonObject } from "../protocol/message.js";

/**
 * What a refusal of Flowcode's asks for. `wait`: hold every request, then the same again. `renew`: the same again with
 * a new token. `restart`: the place in the list is not accepted any more. `configure` and `fail`: nothing helps here.
 */
export type Action = "retry" | "wait" | "renew" | "restart" | "configure" | "fail";

export interface Verdict {
  readonly action: Action;
  /** For the user: what happened, and what to do about it. */
  readonly message: string;
}

interface Row {
  readonly action: Action;
  /** What the same refusal means when the request carried a cursor. */
  readonly withCursor?: Action;
  readonly message: string;
}

const SERVICE = "if it persists, ask Flowcode's support, and run again later: nothing is lost";
const IDS =
  "check org_id and workspace_id, and that the API client belongs to that organization and may read that workspace";

/**
 * By Connect code (connectrpc.com/docs/protocol, "Error Codes"). What each means for ListContacts in particular is
 * not published: the sentences name what is known to be possible.
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
    message: `Flowcode denies access to the contacts of this workspace; ${IDS}; if they are right, ask Flowcode to enable the integration for the organization`,
  },
  not_found: {
    action: "configure",
    withCursor: "restart",
    message: `Flowcode does not know this organization or workspace; ${IDS}`,
  },
  invalid_argument: {
    action: "configure",
    withCursor: "restart",
    message: `Flowcode does not accept the request; ${IDS}, and that contacts_order_by, timezone and page_size under advanced have their defaults`,
  },
  out_of_range: {
    action: "configure",
    withCursor: "restart",
    message: "Flowcode does not accept the page asked for; leave advanced.page_size out",
  },
  failed_precondition: {
    action: "configure",
    withCursor: "restart",
    message: `Flowcode is not set up to list contacts of this workspace; ${IDS}; if they are right, ask Flowcode to enable the integration`,
  },
  unimplemented: {
    action: "configure",
    message:
      "There is no list of contacts at this address; check advanced.api_base_url (the default is Flowcode's own)",
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

/** What to do when Flowcode's API has refused a request with this status and body. Never quotes the body. */
export function judge(status: number, body: string, hasCursor: boolean): Verdict {
  const said = DECISIVE.has(status) ? undefined : connectCode(body);
  const code = said ?? BY_STATUS[status] ?? (status >= 500 ? "unavailable" : "unexpected");
  const row: Row = TABLE[code];
  const action = (hasCursor && row.withCursor) || row.action;
  return { action, message: `${row.message} (${status}${said ? ` ${said}` : ""})` };
}

function connectCode(body: string): Code | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    const code = isJsonObject(parsed) ? parsed.code : undefined;
    return typeof code === "string" && Object.hasOwn(TABLE, code) ? (code as Code) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What to do when the exchange of id and secret for a token was refused. The statuses that are tried again are those
 * that a public client of the same log-in service tries again (408, 429, 5xx).
 */
export function judgeExchange(status: number): Verdict {
  if (status === 429)
    return { action: "wait", message: `Flowcode allows no more log-ins for now; ${SERVICE}` };
  if (status === 408 || status >= 500) {
    return { action: "retry", message: `Flowcode's log-in service is not available (${status}); ${SERVICE}` };
  }
  if (status === 407) return { action: "configure", message: TABLE.proxy.message };
  if (status === 404 || status === 405) {
    return {
      action: "configure",
      message: `There is no log-in for API clients at this address (${status}); check advanced.auth_base_url (the default is Flowcode's own)`,
    };
  }
  return {
    action: "configure",
    message: `Flowcode refused credentials.client_id or credentials.client_secret (${status}); copy both again from the API client in Flowcode, without spaces; a secret is shown only once: create a new API client if it is lost`,
  };
}
