import { ProtocolError } from "../../connector/errors.js";
import { type HttpClient, retryAfterMs } from "../../http/client.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";

/** Where ids and secrets are exchanged (seen in two public clients of Flowcode). */
const EXCHANGE_PATH = "/identity/resources/auth/v1/api-token";
/** For an answer that names no lifetime (the default of a public client of Flowcode). */
const DEFAULT_LIFETIME_MS = 86_400_000;
const LONGEST_MARGIN_MS = 60_000;
/** Tokens are a few kilobytes. */
const MAX_LOG_IN_BYTES = 1024 * 1024;

/** The headers that prove to the API who asks. */
export interface Auth {
  /** Headers that are valid now: logs in when there is no token, or when it is about to end. */
  headers(signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /**
   * Reports that the API has refused these headers. True: the next call of `headers` brings others, and it is worth
   * asking again. False: there is nothing else to offer.
   */
  refused(headers: Readonly<Record<string, string>>): boolean;
}

/** A key that is sent as it is. */
export function keyAuth(apiKey: string): Auth {
  return { headers: async () => ({ apikey: apiKey }), refused: () => false };
}

interface Token {
  readonly headers: Readonly<Record<string, string>>;
  /** When to stop using it, in ms since 1970: a little before it ends. */
  readonly renewAt: number;
}

/**
 * An API client's token. It is kept until shortly before its end, and whoever asks while a log-in is under way waits
 * for that one. `logIn` makes the exchange, and tries again where that helps.
 */
export function tokenAuth(logIn: (signal: AbortSignal) => Promise<Token>, now: () => number): Auth {
  let token: Token | undefined;
  let underway: Promise<Token> | undefined;
  return {
    async headers(signal) {
      if (token && now() < token.renewAt) return token.headers;
      underway ??= logIn(signal).finally(() => {
        underway = undefined;
      });
      token = await underway;
      return token.headers;
    },
    refused(headers) {
      if (token?.headers === headers) token = undefined;
      return true;
    },
  };
}

/** Exchanges id and secret for a token, once. Throws what the HTTP client throws, and ProtocolError. */
export async function exchange(
  http: HttpClient,
  client: { readonly baseUrl: string; readonly clientId: string; readonly clientSecret: string },
  now: () => number,
  signal: AbortSignal,
): Promise<Token> {
  const asked = now();
  const answer = await http.text({
    method: "POST",
    url: `${client.baseUrl}${EXCHANGE_PATH}`,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ clientId: client.clientId, secret: client.clientSecret }),
    signal,
    maxBytes: MAX_LOG_IN_BYTES,
  });
  const body = parse(answer.text);
  // The v1 answers are in camelCase, those of v2 in snake_case (OpenAPI of Frontegg, whose service this is).
  const value = body?.accessToken ?? body?.access_token;
  if (!body || typeof value !== "string" || value === "") {
    throw new ProtocolError(
      "Flowcode's log-in service answered 200 without a token; check advanced.auth_base_url, and any proxy between",
    );
  }
  const lifetime = lifetimeMs(body, answer.headers.date, asked);
  return {
    headers: { authorization: `Bearer ${value}` },
    renewAt: asked + lifetime - Math.min(LONGEST_MARGIN_MS, lifetime / 10),
  };
}

/** `expiresIn` in seconds, else `expires` as an HTTP date by the server's own clock, else a day. */
function lifetimeMs(body: JsonObject, date: string | string[] | undefined, now: number): number {
  const seconds = Number(body.expiresIn ?? body.expires_in);
  if (seconds > 0) return seconds * 1000;
  const serverNow = typeof date === "string" && !Number.isNaN(Date.parse(date)) ? Date.parse(date) : now;
  const left = typeof body.expires === "string" ? retryAfterMs(body.expires, serverNow) : undefined;
  return left && left > 0 ? left : DEFAULT_LIFETIME_MS;
}

function parse(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
