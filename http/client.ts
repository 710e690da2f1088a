import type { Dispatcher } from "undici";
import request from "undici/lib/api/api-request.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { HttpStatusError, NetworkError, networkCode } from "./errors.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  /** What its ends are told under, in place of its path: for paths that name somebody. */
  readonly endpoint?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body's bytes as they arrive. A NetworkError ends it where the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface HttpClient {
  /**
   * Sends one request, once. Resolves with any success (2xx), its body unread.
   * Throws HttpStatusError for another status, with its body, and NetworkError where no answer came.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Like `send`, with the body as text. The connection that breaks half-way is a NetworkError. */
  text(request: HttpRequest): Promise<{ status: number; headers: HttpResponse["headers"]; text: string }>;
  close(): Promise<void>;
}

/** Error bodies are cut here: nothing that is read from them needs more. */
const MAX_ERROR_BODY = 1024 * 1024;

/**
 * A client over one pool of connections. `timeoutSeconds` bounds the wait for the head of the answer, and every
 * silence within its body. Proxies come from HTTPS_PROXY, HTTP_PROXY and NO_PROXY; loopback hosts are never proxied.
 */
export function createHttpClient(options: {
  readonly timeoutSeconds: number;
  readonly userAgent: string;
  /** Told how each request ended: its head has come, or nothing. */
  readonly onAnswer?: ((answer: { endpoint: string; status: number | undefined }) => void) | undefined;
  readonly dispatcher?: Dispatcher;
}): HttpClient {
  const timeout = options.timeoutSeconds * 1000;
  const settings = {
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: { timeout: Math.min(timeout, 15_000) },
  };
  let direct: Dispatcher | undefined = options.dispatcher;
  let proxied: Dispatcher | undefined = options.dispatcher;

  const dispatcherFor = async (url: URL): Promise<Dispatcher> => {
    if (isLoopback(url.hostname) || !hasProxySettings()) {
      direct ??= new Agent(settings);
      return direct;
    }
    const { EnvHttpProxyAgent } = await import("undici");
    try {
      proxied ??= new EnvHttpProxyAgent(settings);
    } catch (error) {
      throw new NetworkError("PROXY_ADDRESS", url.host, error);
    }
    return proxied;
  };

  const send = async (sent: HttpRequest): Promise<HttpResponse> => {
    const { method, url, headers, body, signal } = sent;
    const target = new URL(url);
    const tell = (status: number | undefined) =>
      options.onAnswer?.({ endpoint: `${method} ${sent.endpoint ?? target.pathname}`, status });
    const asked = request.call(await dispatcherFor(target), {
      origin: target.origin,
      path: target.pathname + target.search,
      method,
      headers: { accept: "application/json", "user-agent": options.userAgent, ...headers },
      body: body ?? null,
      signal: signal ?? null,
    });
    const answer = await asked.catch((error: unknown) => {
      if (!isCalledOff(signal)) tell(undefined);
      throw asNetworkError(error, target, signal);
    });
    tell(answer.statusCode);
    const bytes = readBody(answer.body, target, signal);
    if (answer.statusCode >= 200 && answer.statusCode < 300) {
      return { status: answer.statusCode, headers: answer.headers, body: bytes };
    }
    const text = await collect(bytes, MAX_ERROR_BODY).catch(() => "");
    throw new HttpStatusError(
      answer.statusCode,
      text,
      retryAfterMs(answer.headers["retry-after"], Date.now()),
    );
  };

  return {
    send,
    async text(httpRequest) {
      const { status, headers, body } = await send(httpRequest);
      return { status, headers, text: await collect(body) };
    },
    async close() {
      await Promise.all([direct?.destroy(), proxied === direct ? undefined : proxied?.destroy()]);
    },
  };
}

async function* readBody(
  body: AsyncIterable<Uint8Array>,
  url: URL,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw asNetworkError(error, url, signal, true);
  }
}

async function collect(body: AsyncIterable<Uint8Array>, limit = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > limit) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function asNetworkError(
  error: unknown,
  url: URL,
  signal: AbortSignal | undefined,
  isHalfWay = false,
): unknown {
  if (isCalledOff(signal)) return signal?.reason;
  const host =
    hasProxySettings() && !isLoopback(url.hostname) ? `${url.host} (HTTPS_PROXY is set)` : url.host;
  return new NetworkError(networkCode(error), host, error, isHalfWay);
}

/** Whether nobody wants the answer any more; a time that has run out is a failure of the network instead. */
function isCalledOff(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && (signal.reason as Error)?.name !== "TimeoutError";
}

/** Whether a host is this machine, so that plain HTTP to it stays on it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

function hasProxySettings(): boolean {
  return ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].some((name) => process.env[name]);
}

/**
 * Reads a Retry-After header: seconds or an HTTP date. In milliseconds from `now`; undefined where it says nothing.
 */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!value) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
