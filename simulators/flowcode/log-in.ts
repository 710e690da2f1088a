import type { Answer, Request } from "../http/exchange.js";
import { isObject, type Json } from "../json.js";
import type { FlowcodeSwitches } from "./switches.js";

export interface Account {
  readonly orgId: string;
  readonly workspaceId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiKey: string;
}

/** Frontegg's exchange of a client's id and secret for a token, and whether a request carries one that still lives. */
export function createLogIn(account: Account, switches: FlowcodeSwitches, now: () => number) {
  const tokens = new Map<string, number>();
  return {
    exchange({ body }: Request): Answer {
      const asked = isObject(body) ? body : {};
      if (asked.clientId !== account.clientId || asked.secret !== account.clientSecret) {
        return { status: 401, body: { errors: ["Invalid client id or secret"] } };
      }
      const { tokenSeconds, tokenLifetime, tokenCase } = switches;
      const token = `token-${tokens.size + 1}-${Math.round(now())}`;
      tokens.set(token, now() + tokenSeconds * 1000);
      const expires = new Date(now() + tokenSeconds * 1000).toUTCString();
      const lifetime = tokenLifetime === "expires" ? { expires } : { expiresIn: tokenSeconds, expires };
      const camel = { accessToken: token, refreshToken: `refresh-${tokens.size}`, ...lifetime };
      return { status: 200, body: tokenCase === "snake" ? snakeCase(camel) : camel };
    },
    isAuthorized({ headers }: Request): boolean {
      if (headers.apikey !== undefined) return headers.apikey === account.apiKey;
      const until = tokens.get(headers.authorization?.replace(/^Bearer /, "") ?? "");
      return until !== undefined && now() < until;
    },
  };
}

function snakeCase(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      member,
    ]),
  );
}
