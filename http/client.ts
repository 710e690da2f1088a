import type { Dispatcher } from "undici";
import request from "undici/lib/api/api-request.js";
import { createDeadline, type Deadline } from "./deadline.js";
import { HttpStatusError, NetworkError, networkCode } from "./errors.js";
import { createConnections, mayBeProxied } from "./proxies.js";
import type { Waits } from "./waits.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  /** What its ends are told under, in place of its path: for paths that name somebody. */
  readonly endpoint?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** The most bytes of the answer's body. A longer one is a NetworkError. */
  readonly maxBytes?: number | undefined;
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
/** What an answer that is held as one text may have, unless the request says otherwise. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** What an answer that is read as it comes may have, unless the request says otherwise. */
const MAX_STREAM_BYTES = 2 * 1024 * 1024 * 1024;

/**
 * A client over one pool of connections. `timeoutSeconds` bounds the wait for the head of the answer, and all silences
 * of its body together; what comes faster than 16 KB a second has the time that it needs. Bodies are asked for as they
 * are: one that is compressed is a NetworkError, since nothing would bound what it becomes.
 */
export function createHttpClient(options: {
  readonly timeoutSeconds: number;
  readonly userAgent: string;
  /** Told how each request ended: its head has come, or nothing. */
  readonly onAnswer?: ((answer: { endpoint: string; status: number | undefined }) => void) | undefined;
  /** Told of every answer that is awaited. */
  readonly waits?: Waits | undefined;
  readonly dispatcher?: Dispatcher;
}): HttpClient {
  const timeout = options.timeoutSeconds * 1000;
  const connections = createConnections(timeout);

  const send = async (sent: HttpRequest, defaultBytes: number): Promise<HttpResponse> => {
    const { method, url, headers, body, signal } = sent;
    const target = new URL(url);
    const tell = (status: number | undefined) =>
      options.onAnswer?.({ endpoint: `${method} ${sent.endpoint ?? target.pathname}`, status });
    const dispatcher = options.dispatcher ?? (await connections.to(target));
    const deadline = createDeadline({ graceMs: timeout, maxBytes: sent.maxBytes ?? defaultBytes, signal });
    const waiting = options.waits?.begin({ reason: "no_answer", attempt: 1 });
    try {
      const asked = request.call(dispatcher, {
        origin: target.origin,
        path: target.pathname + target.search,
        method,
        headers: {
          accept: "application/json",
          "accept-encoding": "identity",
          "user-agent": options.userAgent,
          ...headers,
        },
        body: body ?? null,
        signal: deadline.signal,
      });
      const answer = await deadline.during(asked).finally(() => waiting?.end());
      tell(answer.statusCode);
      options.waits?.answered();
      const isSuccess = answer.statusCode >= 200 && answer.statusCode < 300;
      const bytes = readBody(answer.body, deadline, target, signal, options.waits);
      if (isSuccess && isCompressed(answer.headers)) {
        answer.body.on("error", () => undefined).destroy();
        throw new NetworkError("COMPRESSED", target.host, undefined, true);
      }
      if (isSuccess) return { status: answer.statusCode, headers: answer.headers, body: bytes };
      const text = await collect(bytes, MAX_ERROR_BODY).catch(() => "");
      const wait = retryAfterMs(answer.headers["retry-after"], Date.now());
      throw new HttpStatusError(answer.statusCode, isCompressed(answer.headers) ? "" : text, wait);
    } catch (error) {
      deadline.end();
      if (error instanceof HttpStatusError || error instanceof NetworkError) throw error;
      if (!isCalledOff(signal)) tell(undefined);
      throw asNetworkError(error, target, signal);
    }
  };

  return {
    send: (httpRequest) => send(httpRequest, MAX_STREAM_BYTES),
    async text(httpRequest) {
      const { status, headers, body } = await send(httpRequest, MAX_TEXT_BYTES);
      return { status, headers, text: await collect(body) };
    },
    close: () => connections.close(),
  };
}

async function* readBody(
  body: AsyncIterable<Uint8Array>,
  deadline: Deadline,
  url: URL,
  signal: AbortSignal | undefined,
  waits: Waits | undefined,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const waiting = waits?.begin({ reason: "no_answer", attempt: 1 });
      const next = await deadline.during(chunks.next()).finally(() => waiting?.end());
      if (next.done) return;
      deadline.received(next.value.length);
      yield next.value;
    }
  } catch (error) {
    throw asNetworkError(error, url, signal, true);
  } finally {
    deadline.end();
    await chunks.return?.();
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

function isCompressed(headers: HttpResponse["headers"]): boolean {
  const encoding = String(headers["content-encoding"] ?? "").trim();
  return encoding !== "" && encoding.toLowerCase() !== "identity";
}

function asNetworkError(
  error: unknown,
  url: URL,
  signal: AbortSignal | undefined,
  isHalfWay = false,
): unknown {
  if (isCalledOff(signal)) return signal?.reason;
  const host = mayBeProxied(url) ? `${url.host} (HTTPS_PROXY is set)` : url.host;
  return new NetworkError(networkCode(error), host, error, isHalfWay);
}

/** Whether nobody wants the answer any more; a time that has run out is a failure of the network instead. */
function isCalledOff(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && (signal.reason as Error)?.name !== "TimeoutError";
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
