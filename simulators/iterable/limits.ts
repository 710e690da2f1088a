import { type Bucket, createLeakyBucket, createSlidingWindow } from "../http/buckets.js";
import type { Answer } from "../http/exchange.js";
import { waitHeaders } from "../http/refusal-waits.js";
import { refused } from "./answers.js";
import type { IterableSwitches } from "./switches.js";

/** Requests per second and project, if not said otherwise (API reference). */
const LIMITS: Readonly<Record<string, number>> = {
  "/api/users/bulkUpdate": 5,
  "/api/users/getByEmail": 100,
  "/api/users/byUserId": 100,
  "/api/users/getFields": 3,
  "/api/users/forgotten": 3,
  "/api/users/forgottenUserIds": 3,
  "/api/lists": 100,
  "/api/events/trackBulk": 10,
  // Starting and listing files have one limit together, for a whole organization.
  "/api/export": 1,
  "DELETE /api/export": 1,
};
/** Those that are counted to the millisecond where that is asked for. */
const BULK = new Set(["/api/users/bulkUpdate", "/api/events/trackBulk"]);

/** Refuses what comes too fast. */
export function createLimits(switches: IterableSwitches, now: () => number) {
  const buckets = new Map<string, Bucket>();
  const bucketFor = (endpoint: string): Bucket | undefined => {
    const limit = switches.limits[endpoint] ?? LIMITS[endpoint];
    if (limit === undefined) return undefined;
    const isStrict = switches.strict && BULK.has(endpoint);
    const key = `${endpoint} ${limit} ${isStrict}`;
    let bucket = buckets.get(key);
    if (!bucket) {
      bucket = isStrict ? createSlidingWindow(limit, now) : createLeakyBucket(limit, now);
      buckets.set(key, bucket);
    }
    return bucket;
  };
  return (method: string, path: string): Answer | undefined => {
    if (!switches.limitsHeld) return undefined;
    const wait = bucketFor(endpointOf(method, path))?.take();
    if (wait === undefined) return undefined;
    const { body, status } = refused(429, "RateLimitExceeded", "Exceeded rate limit.");
    return { status, body, ...waitHeaders(wait, switches, now()) };
  };
}

function endpointOf(method: string, path: string): string {
  if (path.startsWith("/api/users/byUserId")) return "/api/users/byUserId";
  if (!path.startsWith("/api/export/")) return path;
  if (method === "DELETE") return "DELETE /api/export";
  return path.endsWith("/start") || path.endsWith("/files") ? "/api/export" : path;
}
