import {
  type IterableOptions,
  type IterableSimulator,
  SERVER_SIDE_KEY,
  startIterable,
} from "../../../simulators/iterable.js";
import type { Printed } from "../../process.js";

/** A stand-in of Iterable, and requests to it with a valid key. */
export interface Asked {
  readonly iterable: IterableSimulator;
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  remove(path: string): Promise<Reply>;
  /** users/bulkUpdate, without new fields unless `more` says so. */
  bulk(users: readonly unknown[], more?: Record<string, unknown>): Promise<Reply>;
  track(...events: readonly unknown[]): Promise<Reply>;
  profile(email: string): Promise<Printed | undefined>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Printed;
}

export async function startAsking(options: IterableOptions = {}): Promise<Asked> {
  const iterable = await startIterable({ limitsHeld: false, ...options });
  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await fetch(`${iterable.url}${path}`, {
      method,
      headers: { "api-key": SERVER_SIDE_KEY },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text.startsWith("{") ? JSON.parse(text) : {},
    };
  };
  const get: Asked["get"] = (path) => call("GET", path);
  return {
    iterable,
    get,
    post: (path, body) => call("POST", path, body),
    remove: (path) => call("DELETE", path),
    bulk: (users, more = {}) =>
      call("POST", "/api/users/bulkUpdate", { users, createNewFields: false, ...more }),
    track: (...events) => call("POST", "/api/events/trackBulk", { events }),
    profile: async (email) =>
      (await get(`/api/users/getByEmail?email=${encodeURIComponent(email)}`)).body.user?.dataFields,
  };
}
