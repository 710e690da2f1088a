import type { IncomingHttpHeaders, ServerResponse } from "node:http";

/** A request that has come through the door. */
export interface Call {
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON that was sent; undefined where nothing was. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when whoever asked has gone away. */
  readonly gone: AbortSignal;
}

/** What a route answers with: JSON and its status, or whatever it writes by itself. */
export type Reply =
  | { readonly status?: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly write: (response: ServerResponse) => void };

/** One address of the API. `path` has names for its parts: `/api/v1/runs/:run`. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  /** Throws Declined for what the caller can mend. */
  readonly answer: (call: Call) => Promise<Reply> | Reply;
}

/** What is at an address: a route with the parts of its path, or why there is none. */
export type Found =
  | { readonly kind: "route"; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "method"; readonly allow: string }
  | { readonly kind: "nothing" };

export function findRoute(routes: readonly Route[], method: string, path: string): Found {
  const here = routes.flatMap((route) => {
    const params = match(route.path, path);
    return params ? [{ route, params }] : [];
  });
  const found = here.find(({ route }) => route.method === method);
  if (found) return { kind: "route", ...found };
  if (here.length === 0) return { kind: "nothing" };
  return { kind: "method", allow: here.map(({ route }) => route.method).join(", ") };
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] as string;
    if (!part.startsWith(":")) {
      if (part !== value) return undefined;
    } else {
      if (value === "") return undefined;
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return undefined;
      }
    }
  }
  return params;
}
