/** What the door looks at in a request, before anything else does. */
export interface Visit {
  readonly method: string;
  /** The path alone, without the query. */
  readonly path: string;
  /** Header names in lower case, as node:http gives them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Where the console is at home. */
export interface Home {
  /** Values of `Host` that mean this console: `127.0.0.1:8788` and its other names, or the proxy's. */
  readonly hosts: readonly string[];
  /** The origins of its own pages, such as `http://127.0.0.1:8788`. */
  readonly origins: readonly string[];
}

/** Why a request is turned away: a status and a sentence for whoever wrote the program that sent it. */
export interface Refusal {
  readonly status: 401 | 403 | 413 | 415 | 421;
  readonly title: string;
}

/** Everything that the pages send is a form of settings: this is plenty. */
export const MOST_BODY_BYTES = 256_000;
/** Where sessions begin, which asks for no session. */
const SESSION = "/api/v1/session";
/** Reports are opened by an address that works once, because a frame cannot send a header. */
const ONCE = /^\/api\/v1\/reports\/[\w-]+$/;

/** The console's names and origins where it listens on this machine's port, and nowhere else. */
export function homeOnLoopback(port: number): Home {
  const hosts = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  return { hosts, origins: hosts.map((host) => `http://${host}`) };
}

/** The console's name and origin behind a proxy, or a published port. `origin` is a URL without a path. */
export function homeAt(origin: string): Home {
  const { host, origin: own } = new URL(origin);
  return { hosts: [host], origins: [own] };
}

/**
 * Decides whether a request may come in; undefined: it may. In this order: whom it is meant for, which page it comes
 * from, what it carries, and whose session it has. `isSession` compares a token with the sessions in constant time.
 */
export function guard(visit: Visit, home: Home, isSession: (token: string) => boolean): Refusal | undefined {
  return misdirected(visit, home) ?? crossSite(visit) ?? forged(visit, home) ?? anonymous(visit, isSession);
}

/** A name of somebody else's that leads here is how foreign pages get behind a browser's same-origin rule. */
function misdirected({ headers }: Visit, { hosts }: Home): Refusal | undefined {
  if (hosts.includes(one(headers.host)?.toLowerCase() ?? "")) return undefined;
  return { status: 421, title: "This console does not answer under that name." };
}

function crossSite({ headers }: Visit): Refusal | undefined {
  const site = one(headers["sec-fetch-site"]);
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  return { status: 403, title: "Another site may not use this console." };
}

function forged({ method, headers }: Visit, { origins }: Home): Refusal | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  if (!origins.includes(one(headers.origin) ?? ""))
    return { status: 403, title: "Changes are made from this console's own pages alone." };
  const type = one(headers["content-type"])?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return { status: 415, title: "Send JSON: content-type application/json." };
  const length = Number(one(headers["content-length"]) ?? 0);
  if (length > MOST_BODY_BYTES) return { status: 413, title: "That is more than the console takes." };
  return undefined;
}

function anonymous(
  { method, path, headers }: Visit,
  isSession: (token: string) => boolean,
): Refusal | undefined {
  if (!path.startsWith("/api/")) return undefined;
  if (method === "POST" && path === SESSION) return undefined;
  if (method === "GET" && ONCE.test(path)) return undefined;
  const token = /^Bearer ([\w-]+)$/.exec(one(headers.authorization) ?? "")?.[1];
  if (token !== undefined && isSession(token)) return undefined;
  return { status: 401, title: "The session has ended. Open the console by a new link." };
}

/** A header that came once; several, or none, are nothing that the console's pages send. */
function one(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
