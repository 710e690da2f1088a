import { type Bucket, createLeakyBucket, createSlidingWindow } from "./http/buckets.js";
import { type Answer, type Request, type ServerOptions, type Simulator, startServer } from "./http/server.js";
import type { FieldType } from "./iterable/field-types.js";
import { insufficientKey, invalidKey, type KeyType, mayCall } from "./iterable/keys.js";
import { createProject, type Update, type User } from "./iterable/project.js";
import { bulkUpdate, isEmail, refused, subscribe } from "./iterable/users.js";
import { isObject, type Json } from "./json.js";

export interface IterableOptions extends ServerOptions {
  /** The keys of this data center with their types. */
  readonly keys?: Readonly<Record<string, KeyType>>;
  readonly identifier?: "email" | "user_id" | "hybrid";
  /** Fields that the project has beside the standard ones. */
  readonly fields?: Readonly<Record<string, FieldType>>;
  readonly addsUnknownFields?: boolean;
  readonly forgotten?: readonly string[];
  /** Users whose presence makes a whole request fail, again and again. */
  readonly poisoned?: readonly string[];
  /** Requests per second by path; the rest is as documented. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Whether bulk updates are counted within every second to the millisecond, instead of by a leaky bucket. */
  readonly strict?: boolean;
  /** Whether a 429 says when to come back. Default: true. */
  readonly retryAfter?: boolean;
  /** Whether a body that is too large is refused with HTML instead of JSON. */
  readonly htmlTooLarge?: boolean;
  /** Ms until what was written can be read. Default: at once. */
  readonly visibilityMs?: number;
  readonly maxBatchUsers?: number;
  /** The ids of the project's static lists. */
  readonly lists?: readonly number[];
  /** Whether answers have keys that nobody has heard of. */
  readonly extraKeys?: boolean;
}

export interface IterableSimulator extends Simulator {
  readonly users: ReadonlyMap<string, User>;
  readonly fields: ReadonlyMap<string, FieldType>;
  /** The keys of the users on each static list. */
  readonly lists: ReadonlyMap<number, ReadonlySet<string>>;
  /** Writes a profile as somebody else would. */
  put(update: Update): void;
  /** Keys that were in two bulk requests at the same time, or twice in one. */
  readonly collisions: readonly string[];
}

/** Requests per second (API reference). */
const LIMITS: Readonly<Record<string, number>> = {
  "/api/users/bulkUpdate": 5,
  "/api/users/update": 500,
  "/api/users/getByEmail": 100,
  "/api/users/byUserId": 100,
  "/api/users/getFields": 3,
  "/api/lists": 100,
};
const BULK = "/api/users/bulkUpdate";
const SUBSCRIBE = "/api/lists/subscribe";
/** Lists that are made of conditions take no subscribers; every project has some. */
const DYNAMIC_LIST = 9000;
export const SERVER_SIDE_KEY = "0123456789abcdef0123456789abcdef";

/** A stand-in for one project of Iterable's, as its API reference and recordings of it say. */
export async function startIterable(options: IterableOptions = {}): Promise<IterableSimulator> {
  const now = options.now ?? Date.now;
  const keys = options.keys ?? { [SERVER_SIDE_KEY]: "ServerSide" };
  const project = createProject({
    identifier: options.identifier ?? "email",
    fields: options.fields ?? {},
    now,
    visibilityMs: options.visibilityMs ?? 0,
  });
  const bulkOptions = {
    project,
    addsUnknownFields: options.addsUnknownFields ?? false,
    forgotten: new Set(options.forgotten),
    poisoned: new Set(options.poisoned),
    extraKeys: options.extraKeys ?? false,
  };
  const lists = new Map((options.lists ?? []).map((id) => [id, new Set<string>()]));
  const buckets = new Map<string, Bucket>();
  const inFlight = new Set<string>();
  const collisions: string[] = [];

  const bucketFor = (path: string): Bucket | undefined => {
    const endpoint = path.startsWith("/api/users/byUserId") ? "/api/users/byUserId" : path;
    const limit = options.limits?.[endpoint] ?? LIMITS[endpoint];
    if (limit === undefined) return undefined;
    let bucket = buckets.get(endpoint);
    if (!bucket) {
      const isStrict = options.strict && endpoint === BULK;
      bucket = isStrict ? createSlidingWindow(limit, now) : createLeakyBucket(limit, now);
      buckets.set(endpoint, bucket);
    }
    return bucket;
  };

  /** Refusals that come before an endpoint is reached. */
  const refusal = ({ method, path, headers, text }: Request): Answer | undefined => {
    const key = String(headers["api-key"] ?? headers.api_key ?? "");
    const type = keys[key];
    if (type === undefined) return { status: 401, body: invalidKey(path) };
    if (!mayCall(type, method, path)) return { status: 401, body: insufficientKey(path, type) };
    const wait = bucketFor(path)?.take();
    if (wait !== undefined) {
      const headers = options.retryAfter === false ? undefined : { "retry-after": String(wait) };
      const body = { msg: "Exceeded rate limit.", code: "RateLimitExceeded" };
      return { status: 429, body, ...(headers && { headers }) };
    }
    if (Buffer.byteLength(text) > 4_000_000) return tooLarge();
    return undefined;
  };
  const tooLarge = (): Answer =>
    options.htmlTooLarge
      ? {
          status: 413,
          body: "<html><h1>413 Request Entity Too Large</h1></html>",
          headers: { "content-type": "text/html" },
        }
      : refused(413, "BatchTooLarge", "Request Entity Too Large");

  const readUser = (key: string | undefined): Answer => {
    const user = key === undefined ? undefined : project.visible(key, now());
    if (!user) return { status: 200, body: {} };
    const updatedAt = project.updatedAt(key as string) as number;
    const profileUpdatedAt = `${new Date(updatedAt).toISOString().slice(0, 19).replace("T", " ")} +00:00`;
    const dataFields = { ...user.dataFields, ...(user.email && { email: user.email }), profileUpdatedAt };
    return { status: 200, body: { user: { ...user, dataFields } } };
  };

  const handle = (request: Request): Answer => {
    const refusedBefore = refusal(request);
    if (refusedBefore) return refusedBefore;
    const { method, path, query, body } = request;
    switch (`${method} ${path.replace(/^(\/api\/users\/byUserId)\/.*/, "$1")}`) {
      case "GET /api/users/getFields":
        return { status: 200, body: { fields: Object.fromEntries(project.fields) } };
      case "GET /api/users/getByEmail": {
        const email = query.get("email") ?? "";
        if (!isEmail(email)) return refused(400, "InvalidEmailAddressError", `Invalid email: ${email}`);
        return readUser(email.toLowerCase());
      }
      case "GET /api/users/byUserId": {
        const id = query.get("userId") ?? decodeURIComponent(path.split("/")[4] ?? "");
        if (project.visible(id, now())) return readUser(id);
        return { status: 500, body: { code: "error.users.noUserWithIdExists", msg: "User not found" } };
      }
      case "GET /api/lists":
        return { status: 200, body: { lists: describeLists([...lists.keys()]) } };
      case `POST ${BULK}`:
        return usersOf(request).length > (options.maxBatchUsers ?? Number.POSITIVE_INFINITY)
          ? tooLarge()
          : bulkUpdate(body, bulkOptions);
      case `POST ${SUBSCRIBE}`:
        return subscribe(body, lists, bulkOptions);
      default: {
        const headers = { "content-type": "text/html" };
        return {
          status: 404,
          body: "<title>Action not found</title><h2>Oh no- that url doesn't exist.</h2>",
          headers,
        };
      }
    }
  };

  /** Notes users that are on their way twice, from a request's arrival to its answer. */
  const watched = async (request: Request): Promise<Answer> => {
    const mine = usersOf(request).map((user) => project.keyOf(user) ?? "");
    for (const key of mine) {
      if (inFlight.has(key)) collisions.push(key);
      inFlight.add(key);
    }
    await Promise.resolve();
    try {
      if (options.latencyMs) await new Promise((resolve) => setTimeout(resolve, options.latencyMs));
      return handle(request);
    } finally {
      for (const key of mine) inFlight.delete(key);
    }
  };

  const admin = ({ path }: Request): Answer => {
    if (path === "/__sim/lists") {
      return { status: 200, body: Object.fromEntries([...lists].map(([id, keys]) => [id, [...keys]])) };
    }
    if (path === "/__sim/contents") return { status: 200, body: Object.fromEntries(project.users) };
    if (path === "/__sim/journal") return { status: 200, body: server.journal.entries };
    return { status: 200, body: { users: project.users.size, collisions } };
  };

  const { latencyMs: _, ...serverOptions } = options;
  const server = await startServer({ ...serverOptions, maxBody: 8_000_000 }, watched, admin);
  return {
    ...server,
    users: project.users,
    fields: project.fields,
    lists,
    put: (update) => project.apply(update, true),
    collisions,
  };
}

/** The users of a bulk request, as far as it has any. */
function usersOf({ path, body }: Request): Update[] {
  return path === BULK && isObject(body) && Array.isArray(body.users) ? body.users.filter(isObject) : [];
}

function describeLists(ids: readonly number[]): Json[] {
  const list = (id: number, listType: string) => ({
    id,
    name: `List ${id}`,
    createdAt: 1_700_000_000_000,
    listType,
  });
  return [...ids.map((id) => list(id, "Standard")), list(DYNAMIC_LIST, "Dynamic")];
}
