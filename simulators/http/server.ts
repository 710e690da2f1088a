import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Answer, Request } from "./exchange.js";
import { createFaults, type FaultAction, type Faults, readFaults } from "./faults.js";
import { createJournal, type Journal } from "./journal.js";
import { send } from "./sending.js";

export interface ServerOptions {
  /** Default: any that is free. */
  readonly port?: number;
  /** The clock in ms. Default: the machine's. */
  readonly now?: () => number;
  /** Ms between a request and its answer. */
  readonly latencyMs?: number;
  /** Whether the journal keeps what was sent. Default: true. */
  readonly keepBodies?: boolean;
  /** How many 100 Continue, which nobody asked for, come before each answer. Read anew for each. */
  readonly interimAnswers?: () => number;
}

/** A server on this machine alone. */
export interface Simulator {
  readonly url: string;
  readonly journal: Journal;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** Bodies above this are refused with 413. */
const MAX_BODY = 4_000_000;

/**
 * Serves `handle` on 127.0.0.1, with scripted faults and a journal. Requests below `/__sim/` go to `admin` instead, are
 * not noted, and never fail: they are for people and programs that look in from outside, or script faults.
 */
export async function startServer(
  options: ServerOptions & { readonly maxBody?: number },
  handle: (request: Request, entryTime: number) => Answer | Promise<Answer>,
  admin: (request: Request) => Answer,
): Promise<Simulator> {
  const now = options.now ?? Date.now;
  const journal = createJournal(options.keepBodies ?? true);
  const faults = createFaults();

  const answerTo = async (
    request: Request,
    fault: FaultAction | undefined,
    at: number,
  ): Promise<Answer | undefined> => {
    if (fault?.kind === "status")
      return { status: fault.status, body: fault.body ?? {}, headers: fault.headers ?? {} };
    if (fault?.kind === "html" || fault?.kind === "not_json") {
      return {
        status: fault.kind === "html" ? fault.status : 200,
        body: PAGE,
        headers: { "content-type": "text/html" },
      };
    }
    if (fault?.kind === "reset" || fault?.kind === "hang") return undefined;
    const wait = (fault?.kind === "slow" ? fault.ms : 0) + (options.latencyMs ?? 0);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    return handle(request, at);
  };

  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming, options.maxBody ?? MAX_BODY);
    const { method, path, text, body } = request;
    if (path === "/__sim/faults") return send(response, scriptFaults(request, faults));
    if (path === "/__sim/journal" || path === "/__sim/requests")
      return send(response, readJournal(request, journal));
    if (path.startsWith("/__sim/")) return send(response, admin(request));
    const at = now();
    const fault = faults.next(path);
    const answer = await answerTo(request, fault, at);
    const isCut = fault?.kind === "reset" || fault?.kind === "hang" || fault?.kind === "lost_answer";
    journal.add({
      at,
      method,
      path,
      status: isCut ? undefined : answer?.status,
      bytes: Buffer.byteLength(text),
      body,
    });
    if (fault?.kind === "hang") return;
    if (isCut || !answer) response.destroy();
    else send(response, answer, fault, options.interimAnswers?.());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    journal,
    faults,
    close: () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

/** POST adds faults to the script, DELETE takes back those that have not happened yet. */
function scriptFaults({ method, body }: Request, faults: Faults): Answer {
  if (method === "DELETE") faults.clear();
  else {
    const script = readFaults(body);
    if (typeof script === "string") return { status: 400, body: { problem: script } };
    faults.script(...script);
  }
  return { status: 200, body: {} };
}

/** The requests, or how many there were by path and status; DELETE forgets them. */
function readJournal({ method, path }: Request, journal: Journal): Answer {
  if (method === "DELETE") journal.clear();
  return { status: 200, body: path === "/__sim/journal" ? journal.entries : journal.counts() };
}

const PAGE = "<!doctype html><title>Oh no</title><h2>This is not the page that you are looking for.</h2>";

async function readRequest(incoming: IncomingMessage, maxBody: number): Promise<Request> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    bytes += chunk.length;
    if (bytes <= maxBody + 1) chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(`http://localhost${incoming.url ?? "/"}`);
  const { headers, method = "GET" } = incoming;
  return { method, path: url.pathname, query: url.searchParams, headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
