import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { messageOf } from "../errors.js";
import { isDeeper } from "../project/depth.js";
import { Declined, headersFor, json, refuse } from "./answer.js";
import { guard, type Home, MOST_BODY_BYTES } from "./guard.js";
import type { Page } from "./pages.js";
import { findRoute, type Route } from "./route.js";

/** Somebody who opens connections and says nothing on them is not waited for, in ms. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const MOST_CONNECTIONS = 100;

/** What the server serves, and to whom. */
export interface Served {
  /** Where the console is at home; asked for anew with each request, since the port is known only once it listens. */
  readonly home: () => Home;
  readonly isSession: (token: string) => boolean;
  readonly pages: ReadonlyMap<string, Page>;
  readonly routes: readonly Route[];
  /** Told of failures that nobody has foreseen, without anything of the request. */
  readonly onFailure: (error: unknown) => void;
}

/** The console's HTTP server, which does not listen yet. */
export function createConsoleServer(served: Served): Server {
  const server = createServer((request, response) => {
    answer(served, request, response).catch((error: unknown) => {
      served.onFailure(error);
      if (response.headersSent) response.destroy();
      else
        refuse(response, 500, { title: `Something went wrong: ${messageOf(error)}`, todo: ["Try again."] });
    });
  });
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "GET";
  // Taken apart by hand: a path such as //host would become a host.
  const [path = "/", search = ""] = (request.url ?? "/").split("?", 2);
  const refusal = guard({ method, path, headers: request.headers }, served.home(), served.isSession);
  if (refusal) {
    request.resume();
    refuse(response, refusal.status, { title: refusal.title, todo: [] });
    return;
  }
  if (!path.startsWith("/api/")) return page(served.pages, method, path, response);
  const found = findRoute(served.routes, method === "HEAD" ? "GET" : method, path);
  switch (found.kind) {
    case "nothing":
      return refuse(response, 404, { title: "There is nothing at this address.", todo: [] });
    case "method":
      response.setHeader("allow", found.allow);
      return refuse(response, 405, { title: "This address does not take that method.", todo: [] });
    case "route":
      return call(found.route, found.params, search, request, response);
  }
}

async function call(
  route: Route,
  params: Readonly<Record<string, string>>,
  search: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const body = await bodyOf(request);
    const query = new URLSearchParams(search);
    const reply = await route.answer({ params, query, body, headers: request.headers, gone: gone.signal });
    if (gone.signal.aborted) return;
    if ("write" in reply) reply.write(response);
    else json(response, reply.status ?? 200, reply.json, reply.headers);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!(error instanceof Declined)) throw error;
    refuse(response, error.status, error.trouble, error.beside);
  }
}

/** The JSON that a request carries; undefined where it carries nothing. Throws Declined for anything else. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MOST_BODY_BYTES)
      throw new Declined(413, { title: "That is more than the console takes.", todo: [] });
    chunks.push(chunk as Buffer);
  }
  if (bytes === 0) return undefined;
  const body = parsed(Buffer.concat(chunks).toString("utf8"));
  if (isDeeper(body))
    throw new Declined(400, { title: "That is nested deeper than any settings.", todo: [] });
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Declined(400, { title: "That is not JSON.", todo: [] });
  }
}

function page(
  pages: ReadonlyMap<string, Page>,
  method: string,
  path: string,
  response: ServerResponse,
): void {
  const found = pages.get(path);
  if (!found || (method !== "GET" && method !== "HEAD")) {
    refuse(response, 404, { title: "There is nothing at this address.", todo: [] });
    return;
  }
  response.writeHead(200, headersFor(found.type));
  response.end(method === "HEAD" ? undefined : found.bytes);
}
