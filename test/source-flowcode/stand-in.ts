import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Context } from "../../connector/connector.js";
import { createLog } from "../../connector/reporting/log.js";
import { createMeter } from "../../connector/reporting/metrics.js";
import type { ConfiguredStream } from "../../protocol/catalog.js";
import type { Message } from "../../protocol/message.js";
import { type Config, config } from "../../source-flowcode/config.js";
import { source } from "../../source-flowcode/source.js";

export type Row = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: bodies of requests are looked into freely by tests.
export type Body = any;

export interface Ask {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Body;
  /** Counted from 1, over the requests for this path. */
  readonly number: number;
}

/** Answers a request itself and returns true, or leaves it to the stand-in. */
export type Intervention = (ask: Ask, response: ServerResponse) => boolean | undefined;

/** A Flowcode that behaves, except where a test intervenes. Its cursors are places in the list. */
export async function startStandIn(options: {
  rows: Row[];
  /** Conversion Flows; undefined: there is no list of them, as with a wrong address. */
  suites?: Row[];
  pageSize?: number;
  hasNextPage?: "proto" | "never";
  /** What becomes of keys that a request for contacts does not have. */
  unknownKeys?: "discarded" | "refused";
}) {
  const asks: Ask[] = [];
  const standIn = {
    rows: options.rows,
    suites: options.suites,
    pageSize: options.pageSize ?? 100,
    hasNextPage: options.hasNextPage ?? "proto",
    unknownKeys: options.unknownKeys ?? "discarded",
    ignoresFilter: false,
    tokens: new Set<string>(),
    tokenSeconds: 3600,
    intervene: undefined as Intervention | undefined,
    asks,
    flows: () => asks.filter(({ path }) => path === LIST_SUITES),
    lists: () => asks.filter(({ path }) => path.endsWith("/ListContacts")),
    logIns: () => asks.filter(({ path }) => path.endsWith("/api-token")),
    url: "",
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };

  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const path = request.url ?? "";
    const number = asks.filter((ask) => ask.path === path).length + 1;
    const ask: Ask = { path, headers: request.headers, body: JSON.parse(text), number };
    asks.push(ask);
    if (standIn.intervene?.(ask, response)) return;
    if (path === "/identity/resources/auth/v1/api-token") {
      const token = `token-${number}`;
      standIn.tokens.add(token);
      return json(response, 200, { accessToken: token, refreshToken: "r", expiresIn: standIn.tokenSeconds });
    }
    const suites = path === LIST_SUITES ? standIn.suites : undefined;
    if (path !== "/abacus.v1.AbacusService/ListContacts" && !suites) return json(response, 404, {});
    const authorization = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (!standIn.tokens.has(authorization) && request.headers.apikey !== "key") {
      return json(response, 401, { code: "unauthenticated" });
    }
    if (!suites && standIn.unknownKeys === "refused" && hasUnknownKeys(ask.body)) {
      return json(response, 400, { code: "invalid_argument", message: "unknown field" });
    }
    const { filter, ...unfiltered } = ask.body;
    const body = standIn.ignoresFilter ? unfiltered : ask.body;
    json(response, 200, suites ? suitesPage(suites, body) : pageOf(standIn, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}
export type StandIn = Awaited<ReturnType<typeof startStandIn>>;

/** What a test writes for a value that is nested in 5,000 levels, more than can be turned into JSON here. */
export const DEEP = "@deep@";
const NESTED = `${'{"a":['.repeat(2500)}${"]}".repeat(2500)}`;

/** Later than the clocks of all tests, so that they decide alone; only one test is about Flowcode's clock. */
const SERVER_DATE = "Fri, 01 Jan 2100 00:00:00 GMT";

export function json(response: ServerResponse, status: number, body: unknown, headers = {}): true {
  response
    .writeHead(status, { "content-type": "application/json", date: SERVER_DATE, ...headers })
    .end(JSON.stringify(body).replaceAll(`"${DEEP}"`, NESTED));
  return true;
}

/** The page that a request asks for, in ProtoJSON: what is empty or false is left out. Rows may be anything. */
export function pageOf(standIn: Pick<StandIn, "rows" | "pageSize" | "hasNextPage">, body: Body): Row {
  const from = body.filter?.date_filter?.start_time;
  const sorted = standIn.rows
    .filter((row) => from === undefined || Date.parse(String(row?.lastConvertedAt)) >= Date.parse(from))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  if (body.pagination.order === "ORDER_DESC") sorted.reverse();
  const start = Number(body.pagination.after ?? 0);
  const end = start + (body.pagination.first ?? standIn.pageSize);
  const rows = sorted.slice(start, end);
  return {
    ...(rows.length > 0 && { conversions: rows }),
    pageInfo: {
      ...(rows.length > 0 && { endCursor: String(start + rows.length) }),
      ...(standIn.hasNextPage === "proto" && end < sorted.length && { hasNextPage: true }),
    },
  };
}

/** The shape that the one public caller of ListContacts sends. */
const KEYS: Record<string, readonly string[]> = {
  "": ["orgId", "workspaceId", "filter", "pagination"],
  filter: ["date_filter"],
  "filter.date_filter": ["timezone", "start_time"],
  pagination: ["order", "orderBy", "after", "first"],
};
function hasUnknownKeys(body: Body, path = ""): boolean {
  return Object.entries(body).some(([key, value]) => {
    if (!KEYS[path]?.includes(key)) return true;
    return typeof value === "object" && hasUnknownKeys(value, path === "" ? key : `${path}.${key}`);
  });
}

export const LIST_SUITES = "/bundles.v1.BundleService/ListSuites";

/** As a public client describes it: without `states`, drafts and archived suites are left out. */
function suitesPage(suites: Row[], body: Body): Row {
  const wanted = suites.filter(({ state }) => (body.states ?? ["ASSET_STATE_ACTIVE"]).includes(state));
  const start = Number(body.pagination?.after ?? 0);
  const end = start + (body.pagination?.first ?? 10);
  return {
    suites: wanted.slice(start, end),
    pageInfo: { endCursor: String(end), ...(end < wanted.length && { hasNextPage: true }) },
  };
}

const nameOf = (row: Row) => String((row?.user as Row | undefined)?.name ?? "");

/** The row of contact number `n`, converted at `at`. */
export function row(n: number, at = "2026-01-01T00:00:00Z", user: Row = {}): Row {
  const name = `Person ${String(n).padStart(6, "0")}`;
  return { user: { email: `p${n}@example.com`, name, ...user }, firstConvertedAt: at, lastConvertedAt: at };
}

export const rowsFrom = (from: number, to: number, at?: string): Row[] =>
  Array.from({ length: to - from }, (_, index) => row(from + index, at));

/** Settings for a stand-in, fast and with few attempts. */
export function settingsFor(standIn: StandIn, extra: Row = {}): Config {
  const { advanced, ...rest } = extra as { advanced?: Row };
  return config.parse({
    org_id: "org",
    workspace_id: "workspace",
    credentials: { auth_type: "api_client", client_id: "id", client_secret: "top-secret" },
    requests_per_second: 100,
    ...rest,
    advanced: { api_base_url: standIn.url, auth_base_url: `${standIn.url}/`, max_attempts: 3, ...advanced },
  });
}

/** A context whose log is kept. */
export function contextFor(
  options: { now?: () => number; signal?: AbortSignal } = {},
): Context & { lines: string[]; told: [type: string, value: Row][] } {
  const lines: string[] = [];
  const told: [string, Row][] = [];
  return {
    lines,
    told,
    log: createLog(
      (level, message) => lines.push(`${level} ${message}`),
      (text) => text,
    ),
    analytics: (type, value) => told.push([type, JSON.parse(JSON.stringify(value))]),
    metrics: createMeter(),
    signal: options.signal ?? new AbortController().signal,
    now: options.now ?? Date.now,
    pid: 1,
    userAgent: "source-flowcode/test",
  };
}

export function configured(extra: Partial<ConfiguredStream> = {}): ConfiguredStream {
  return {
    key: "contacts",
    name: "contacts",
    namespace: undefined,
    jsonSchema: {},
    syncMode: "incremental",
    destinationSyncMode: "append",
    cursorField: ["lastConvertedAt"],
    primaryKey: [["contact_key"]],
    destinationObjectName: undefined,
    truncates: false,
    deselected: new Set(),
    entry: {},
    ...extra,
  };
}

export interface Run {
  readonly messages: Message[];
  /** The emails of the records, in order. */
  readonly emails: string[];
  /** The value of the last state. */
  readonly state: unknown;
  readonly statuses: string[];
  readonly error: unknown;
  readonly lines: string[];
  /** What was told as data, by type; of each type the last. */
  readonly told: Readonly<Record<string, Row>>;
}

/** One run of `read`. `until` ends it after a message, as a consumer that goes away does. */
export async function read(
  settings: Config,
  options: {
    state?: unknown;
    streams?: ConfiguredStream[];
    now?: () => number;
    signal?: AbortSignal;
    until?: (message: Message, index: number) => boolean;
  } = {},
): Promise<Run> {
  const context = contextFor(options);
  const saved = new Map(options.state === undefined ? [] : [["contacts", options.state]]);
  const messages: Message[] = [];
  let error: unknown;
  try {
    reading: for await (const group of source.read(
      settings,
      options.streams ?? [configured()],
      saved,
      context,
    )) {
      for (const message of group) {
        // As on the pipe: what is read later is a copy.
        messages.push(JSON.parse(JSON.stringify(message)));
        if (options.until?.(message, messages.length)) break reading;
      }
    }
  } catch (caught) {
    error = caught;
  }
  const states = messages.filter((message) => message.kind === "state");
  return {
    messages,
    emails: messages.flatMap((message) =>
      message.kind === "record" ? [String((message.data as Row).email)] : [],
    ),
    state: states.at(-1)?.value,
    statuses: messages.flatMap((message) => (message.kind === "status" ? [message.status] : [])),
    error,
    lines: context.lines,
    told: Object.fromEntries(context.told),
  };
}
