import type { Verdict } from "./refusals.js";

const SERVICE = "if it persists, ask Flowcode's support, and run again later: nothing is lost";
const COPY =
  "copy both again from the API client in Flowcode; a secret is shown only once: create a new API client if it is lost";
/** Ids and secrets of the log-in service are UUIDs (a public client of the same service parses both as such). */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was refused: an answer of the log-in service, and to whom. */
export interface LogInRefusal {
  readonly status: number;
  readonly body: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * What to do when the exchange of id and secret for a token was refused. The statuses that are tried again are those
 * that a public client of the same log-in service tries again (408, 429, 5xx). Never quotes the body nor a value.
 */
export function judgeLogIn(refusal: LogInRefusal): Verdict {
  const { status } = refusal;
  if (status === 429)
    return { action: "wait", message: `Flowcode allows no more log-ins for now; ${SERVICE}` };
  if (status === 408 || status >= 500) {
    return { action: "retry", message: `Flowcode's log-in service is not available (${status}); ${SERVICE}` };
  }
  if (status === 407) {
    return {
      action: "configure",
      message: "The proxy asks for credentials; put user and password into HTTPS_PROXY",
    };
  }
  const complaint = complaintIn(refusal.body);
  if ((status === 404 && complaint === undefined) || status === 405) {
    return {
      action: "configure",
      message: `There is no log-in for API clients at this address (${status}); check advanced.auth_base_url (the default is Flowcode's own)`,
    };
  }
  return { action: "configure", message: `${explain(refusal, complaint ?? "")} (${status})` };
}

/** What tells an id that is wrong from a secret that is: the values themselves, and then the service's words. */
function explain({ status, clientId, clientSecret }: LogInRefusal, complaint: string): string {
  if (clientId === clientSecret) {
    return `Flowcode refused the log-in, since credentials.client_id and credentials.client_secret are the same value; ${COPY}`;
  }
  if (UUID.test(clientId) !== UUID.test(clientSecret)) {
    const odd = UUID.test(clientId) ? "credentials.client_secret" : "credentials.client_id";
    return `Flowcode refused the log-in, most likely because of ${odd}, which does not have the form 8-4-4-4-12 of hexadecimal digits as the other does; ${COPY}`;
  }
  const [id, secret] = [/client|\bid\b/i.test(complaint), /secret|password/i.test(complaint)];
  if (status === 404 || (id && !secret)) {
    return `Flowcode does not know credentials.client_id; check that the API client still exists, and ${COPY}`;
  }
  if (secret && !id) {
    return `Flowcode knows credentials.client_id and refused credentials.client_secret; ${COPY}`;
  }
  return `Flowcode refused credentials.client_id or credentials.client_secret; ${COPY}`;
}

/** The words of Frontegg, whose service this is: `errors` is a list of texts (read in a public client). */
function complaintIn(body: string): string | undefined {
  try {
    const { errors, message } = JSON.parse(body) as { errors?: unknown; message?: unknown };
    const words = Array.isArray(errors) ? errors.join(" ") : message;
    return typeof words === "string" ? words : undefined;
  } catch {
    return undefined;
  }
}
