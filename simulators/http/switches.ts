import type { z } from "zod";
import type { Answer, Request } from "./exchange.js";

type Declaration = z.ZodObject<z.ZodRawShape>;

/**
 * Options that can be changed while a stand-in runs. Whoever answers reads them anew at each request.
 *
 * `options` may hold more than the switches; those are passed over. A wrong value throws.
 */
export function createSwitches<T extends Declaration>(declaration: T, options: object): z.output<T> {
  const known = Object.keys(declaration.shape);
  const given = Object.entries(options).filter(
    ([name, value]) => known.includes(name) && value !== undefined,
  );
  return declaration.parse(Object.fromEntries(given));
}

/** `/__sim/switches`: GET shows them, POST {name: value} sets some, DELETE sets all back to where they began. */
export function createSwitchboard<T extends Declaration>(declaration: T, switches: z.output<T>) {
  const beginning = { ...switches };
  return ({ method, body }: Request): Answer => {
    if (method === "DELETE") Object.assign(switches, beginning);
    if (method === "POST") {
      const read = declaration.partial().strict().safeParse(body);
      if (!read.success) {
        const [issue] = read.error.issues;
        return { status: 400, body: { problem: `${issue?.path.join(".") ?? ""}: ${issue?.message}` } };
      }
      // A partial declaration still fills in defaults; only what was named changes.
      for (const name of Object.keys(body as object)) {
        (switches as Record<string, unknown>)[name] = read.data[name];
      }
    }
    return { status: 200, body: switches };
  };
}
