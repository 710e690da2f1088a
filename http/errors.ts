/** The server answered, with a status that is not a success. Holds the body for the caller; never prints it. */
export class HttpStatusError extends Error {
  override readonly name = "HttpStatusError";
  constructor(
    readonly status: number,
    readonly body: string,
    /** How long the server asks to wait, in milliseconds; undefined where it does not say. */
    readonly retryAfterMs: number | undefined,
  ) {
    super(`HTTP status ${status}`);
  }
}

/** The longest that a service's wish to be left alone (Retry-After) is kept, in ms. */
export const MAX_HOLD_MS = 600_000;
/** The last moment that a Date can be. */
const LAST_MS = 8.64e15;

/** The service asks to be left alone for longer than anybody waits. Running again after `until` is safe. */
export class HeldTooLong extends Error {
  override readonly name = "HeldTooLong";
  /** In ISO form. */
  readonly until: string;
  constructor(untilMs: number) {
    const until = isoTime(untilMs);
    super(`asks for no further request before ${until}; run again after that`);
    this.until = until;
  }
}

/** A time in ISO form, whatever somebody else has said. */
export function isoTime(ms: number): string {
  return new Date(Math.min(ms, LAST_MS)).toISOString();
}

/** What went wrong, in snake_case, for programs. */
export function reasonOf(error: unknown): string {
  if (error instanceof HttpStatusError)
    return error.status === 429 ? "rate_limited" : `status_${error.status}`;
  return error instanceof NetworkError ? `network_${error.code}` : "failed";
}

/** No answer, or half of one: the request may or may not have been carried out. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  constructor(
    /** The code of Node, OpenSSL or undici. */
    readonly code: string,
    host: string,
    cause: unknown,
    /** Whether an answer had begun. */
    readonly isHalfWay = false,
  ) {
    super(`${host}: ${explain(code)}`, { cause });
  }

  /** Whether waiting may help. A certificate that nobody trusts stays so, and so do what a proxy does not allow and what nobody could read. */
  get isTransient(): boolean {
    return (
      !isCertificateCode(this.code) && !/^(PROXY_(4\d\d|ADDRESS)|COMPRESSED|ANSWER_TOO_LONG)$/.test(this.code)
    );
  }
}

/** The Redis of a shared limit cannot be used. The message names the server, never its password, and says what to do. */
export class SharedLimitProblem extends Error {
  override readonly name = "SharedLimitProblem";
  constructor(
    message: string,
    /** Whether time may heal it. */
    readonly isTransient: boolean,
    /** In snake_case, for programs. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOTFOUND:
    "the host name is unknown; check the base URL, the DNS of this machine, and the proxy (HTTPS_PROXY)",
  EAI_AGAIN:
    "the DNS did not answer; check the network of this machine, or that the container has a DNS server",
  ECONNREFUSED:
    "the connection was refused; check the base URL, the port, and that a firewall lets this machine out",
  ECONNRESET: "the connection was cut; if it persists, look for a firewall or proxy that closes connections",
  EPIPE:
    "the connection was cut while sending; if it persists, look for a firewall or proxy that closes connections",
  ENETUNREACH: "the network is unreachable; check that this machine may reach the internet on port 443",
  EHOSTUNREACH: "the host is unreachable; check that this machine may reach the internet on port 443",
  ETIMEDOUT:
    "the connection timed out; a firewall may drop the traffic: allow outgoing HTTPS (port 443) to this host",
  UND_ERR_CONNECT_TIMEOUT:
    "the connection timed out; a firewall may drop the traffic: allow outgoing HTTPS (port 443) to this host",
  UND_ERR_HEADERS_TIMEOUT:
    "no answer came in time; the service may be busy, or advanced.timeout_seconds too short",
  UND_ERR_BODY_TIMEOUT:
    "the answer stopped half-way, or came too slowly; the service may be busy, or advanced.timeout_seconds too short",
  ANSWER_TOO_LONG:
    "the answer is longer than any answer of this service; check the base URL, and any proxy between",
  COMPRESSED:
    "the answer is compressed, although it was asked for as it is; turn compression off in the proxy between, and check the base URL",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate belongs to another host; check the base URL and the proxy",
  PROXY_407: "the proxy asks for a log-in; write it into HTTPS_PROXY: http://user:password@host:port",
  PROXY_ADDRESS: "HTTPS_PROXY is not the address of a proxy; write http://host:port",
  ERR_SSL_WRONG_VERSION_NUMBER:
    "what answers there does not speak TLS; check the port of the base URL, and the proxy",
  CERT_NOT_YET_VALID: "the certificate is not valid yet; check the clock of this machine",
  CERT_HAS_EXPIRED: "the certificate has expired; check the clock of this machine and the proxy",
};

const CERTIFICATE_REMEDY =
  "the certificate is signed by an authority that this machine does not know; if a company proxy inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS";

function isCertificateCode(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code);
}

function explain(code: string): string {
  const refusal = /^PROXY_(\d+)$/.exec(code)?.[1];
  return (
    EXPLANATIONS[code] ??
    (refusal &&
      `the proxy did not let this through (${refusal}); whoever runs it has to allow HTTPS to this host`) ??
    (isCertificateCode(code) ? CERTIFICATE_REMEDY : `the connection failed (${code})`)
  );
}

/** The most telling code of a failed request: undici wraps what Node reports, sometimes several layers deep. */
export function networkCode(error: unknown): string {
  let code = "UNKNOWN";
  for (let layer: unknown = error; layer instanceof Error; layer = layer.cause) {
    if (layer instanceof AggregateError && layer.errors.length > 0) return networkCode(layer.errors[0]);
    // undici has no code of its own for a proxy that refuses a tunnel.
    const refusal = /^Proxy response \((\d+)\)/.exec(layer.message)?.[1];
    if (refusal !== undefined) return `PROXY_${refusal}`;
    if ("code" in layer && typeof layer.code === "string") code = layer.code;
    else if (layer.name === "TimeoutError") code = "UND_ERR_HEADERS_TIMEOUT";
  }
  return code;
}
