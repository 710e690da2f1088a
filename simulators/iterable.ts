import { createHash } from "node:crypto";
import type { Answer, Request } from "./http/exchange.js";
import { type ServerOptions, type Simulator, startServer } from "./http/server.js";
import { createSwitchboard, createSwitches } from "./http/switches.js";
import { actionNotFound, distorted, refused, tooLarge } from "./iterable/answers.js";
import { findMisfit } from "./iterable/contract/shapes.js";
import { createEvents, type Event, type KeptEvent } from "./iterable/events.js";
import { createExports } from "./iterable/exports/exports.js";
import { type FilesHost, startFilesHost } from "./iterable/exports/host.js";
import type { FieldType } from "./iterable/field-types.js";
import type { Fields } from "./iterable/fields.js";
import { watchInFlight } from "./iterable/in-flight.js";
import { insufficientKey, invalidKey, type KeyType, mayCall } from "./iterable/keys.js";
import { createLimits } from "./iterable/limits.js";
import { createLists } from "./iterable/lists.js";
import { createProfiles } from "./iterable/profiles.js";
import { createProject, type Identifier, type Project, type Update, type User } from "./iterable/project.js";
import { type IterableSwitches, iterableSwitches } from "./iterable/switches.js";
import { upsert } from "./iterable/users.js";
import { isObject, type Json } from "./json.js";

export interface IterableOptions extends Omit<ServerOptions, "interimAnswers">, Partial<IterableSwitches> {
  /** The keys of this data center with their types. */
  readonly keys?: Readonly<Record<string, KeyType>>;
  readonly identifier?: Identifier;
  /** Fields that the project has beside the standard ones. */
  readonly fields?: Readonly<Record<string, FieldType>>;
  /** The ids of the project's static lists. */
  readonly lists?: readonly number[];
  /** The port of the host of exported files. Default: any that is free. */
  readonly filesPort?: number;
}

export interface IterableSimulator extends Simulator {
  /** What can be changed while it runs. */
  readonly switches: IterableSwitches;
  readonly users: ReadonlyMap<string, User>;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** The keys of the users on each static list. */
  readonly lists: ReadonlyMap<number, ReadonlySet<string>>;
  /** Users who were to be subscribed when they had been written but could not be found yet. */
  readonly tooEarly: readonly string[];
  /** By their ids. */
  readonly events: ReadonlyMap<string, KeptEvent>;
  /** The fields of each event. */
  readonly eventFields: ReadonlyMap<string, Fields>;
  /** The host of exported files, which is another one. */
  readonly files: FilesHost;
  /** Writes a profile as somebody else would. */
  put(update: Update): void;
  /** Keys that were in two bulk requests at the same time, or twice in one. */
  readonly collisions: readonly string[];
}

export const SERVER_SIDE_KEY = "0123456789abcdef0123456789abcdef";
const MAX_BODY = 4_000_000;

type Route = (request: Request) => Answer;

/** A stand-in for one project of Iterable's, as its API reference and recordings of it say. */
export async function startIterable(options: IterableOptions = {}): Promise<IterableSimulator> {
  const now = options.now ?? Date.now;
  const keys = options.keys ?? { [SERVER_SIDE_KEY]: "ServerSide" };
  const switches = createSwitches(iterableSwitches, options);
  const project = createProject(options.identifier ?? "email", options.fields ?? {}, switches, now);
  const lists = createLists(options.lists ?? [], project, switches, now);
  const profiles = createProfiles(project, switches, now, lists.of);
  const events = createEvents(project, switches, now);
  const exports = createExports(project, switches, now, () => files.url);
  const limit = createLimits(switches, now);
  const inFlight = watchInFlight(project);

  const bulkUpdate = ({ body }: Request): Answer => {
    const { users, createNewFields } = body as { users: Update[]; createNewFields?: boolean };
    return upsert(users, createNewFields ?? switches.addsUnknownFields, project, switches).answer;
  };
  const routes: Readonly<Record<string, Route>> = {
    "GET /api/users/getFields": profiles.fields,
    "GET /api/users/getByEmail": profiles.byEmail,
    "GET /api/users/byUserId": profiles.byUserId,
    "GET /api/users/forgotten": () => forgotten(project, switches, "email"),
    "GET /api/users/forgottenUserIds": () => forgotten(project, switches, "user_id"),
    "POST /api/users/bulkUpdate": bulkUpdate,
    "GET /api/lists": lists.describe,
    "POST /api/lists": ({ body }) => lists.create(body as Json),
    "POST /api/lists/subscribe": ({ body }) => lists.subscribe(body as Json),
    "POST /api/events/trackBulk": ({ body }) => events.trackBulk(body as { events: Event[] }),
    "POST /api/export/start": exports.start,
    "GET /api/export/jobs": exports.list,
    "GET /api/export/{jobId}/files": exports.files,
    "DELETE /api/export/{jobId}": exports.cancel,
  };

  /** Refusals that come before an endpoint is reached. */
  const refusal = (request: Request): Answer | undefined => {
    const { method, path, headers, text } = request;
    const type = keys[String(headers["api-key"] ?? headers.api_key ?? "")];
    if (type === undefined) return { status: 401, body: invalidKey(path) };
    if (!mayCall(type, method, path)) return { status: 401, body: insufficientKey(path, type) };
    const tooFast = limit(method, path);
    if (tooFast) return tooFast;
    if (Buffer.byteLength(text) > MAX_BODY) return tooLarge(switches);
    if (rowsOf(request).length > (switches.maxBatchUsers ?? Number.POSITIVE_INFINITY))
      return tooLarge(switches);
    const misfit = findMisfit(request, switches.unknownKeys);
    return misfit && refused(400, "BadJsonBody", `[${path}] Invalid JSON body`, misfit);
  };
  const answer = (request: Request): Answer => {
    const route = routes[`${request.method} ${pathForm(request.path)}`] ?? actionNotFound;
    const [first] = rowsOf(request);
    const identifier =
      first?.email ?? first?.userId ?? request.query.get("email") ?? request.query.get("userId");
    return distorted(refusal(request) ?? route(request), switches, identifier ?? undefined);
  };

  /** Users are on their way from a request's arrival to its answer. */
  const handle = async (request: Request): Promise<Answer> => {
    const arrived = inFlight.enter(request.path === "/api/users/bulkUpdate" ? rowsOf(request) : []);
    await Promise.resolve();
    try {
      if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
      return answer(request);
    } finally {
      arrived();
    }
  };

  const switchboard = createSwitchboard(iterableSwitches, switches);
  const shown: Readonly<Record<string, () => unknown>> = {
    "/__sim/lists": () => Object.fromEntries([...lists.members].map(([id, members]) => [id, [...members]])),
    "/__sim/contents": () => Object.fromEntries(project.users),
    "/__sim/events": () => [...events.kept.values()],
    "/__sim/exports": () => ({
      keysSent: files.keysSent,
      jobs: [...exports.jobs.values()].map(({ profiles, ...job }) => ({ ...job, profiles: profiles.length })),
    }),
  };
  const admin = (request: Request): Answer => {
    const { path, body } = request;
    if (path === "/__sim/switches") return switchboard(request);
    if (path === "/__sim/profiles" && Array.isArray(body))
      for (const update of body) project.apply(update, true);
    const show = shown[path] ?? (() => ({ users: project.users.size, collisions: inFlight.collisions }));
    return { status: 200, body: show() };
  };

  const interimAnswers = () => switches.interimAnswers;
  const { latencyMs: _, port, filesPort, ...others } = options;
  const serverOptions = { ...others, interimAnswers, maxBody: 2 * MAX_BODY };
  const files = await startFilesHost({ ...serverOptions, port: filesPort ?? 0 }, exports.file);
  const server = await startServer({ ...serverOptions, port: port ?? 0 }, handle, admin);
  return {
    ...server,
    switches,
    users: project.users,
    fields: project.fields.types,
    lists: lists.members,
    tooEarly: lists.tooEarly,
    events: events.kept,
    eventFields: events.fields,
    files,
    put: (update) => void project.apply(update, true),
    collisions: inFlight.collisions,
    close: async () => void (await Promise.all([server.close(), files.close()])),
  };
}

const pathForm = (path: string) =>
  path
    .replace(/^(\/api\/users\/byUserId)\/.+/, "$1")
    .replace(/^\/api\/export\/\d+(\/files)?$/, "/api/export/{jobId}$1");

/** The users or events of a request, as far as it has any. */
function rowsOf({ body }: Request): Update[] {
  if (!isObject(body)) return [];
  const rows = body.users ?? body.subscribers ?? body.events;
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

/** The hashes of who asked to be forgotten; projects answer only for the identifier that they go by. */
function forgotten({ identifier }: Project, switches: IterableSwitches, asked: "email" | "user_id"): Answer {
  if (identifier !== "hybrid" && identifier !== asked) {
    return refused(400, "BadParams", `Not supported for projects that identify users by ${identifier}`);
  }
  const hashes = switches.forgotten.map((key) => createHash("sha256").update(key).digest("hex"));
  return { status: 200, body: asked === "email" ? { hashedEmails: hashes } : { hashedUserIds: hashes } };
}
