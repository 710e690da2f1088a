import { z } from "zod";

const headers = z.record(z.string(), z.string());

/** What goes wrong with a request. */
const action = z.discriminatedUnion("kind", [
  /** Answer this instead of doing anything. */
  z.object({
    kind: z.literal("status"),
    status: z.number(),
    body: z.unknown().optional(),
    headers: headers.optional(),
  }),
  /** A gateway's page. */
  z.object({ kind: z.literal("html"), status: z.number() }),
  /** Cut the connection before doing anything. */
  z.object({ kind: z.literal("reset") }),
  /** Do what is asked, then cut the connection. */
  z.object({ kind: z.literal("lost_answer") }),
  /** Never answer. */
  z.object({ kind: z.literal("hang") }),
  /** Do what is asked after a while. */
  z.object({ kind: z.literal("slow"), ms: z.number() }),
  /** Do what is asked, and send half of the answer. */
  z.object({ kind: z.literal("truncated") }),
  /** 200 with a page of somebody else's, such as a hotel network's. */
  z.object({ kind: z.literal("not_json") }),
  /** Do what is asked, and send the answer a byte at a time. */
  z.object({ kind: z.literal("drip"), ms: z.number() }),
  /** Do what is asked, and send so many 100 Continue before the answer. */
  z.object({ kind: z.literal("interim"), count: z.number() }),
  /** Do what is asked, and put so many bytes of blanks before the answer. */
  z.object({ kind: z.literal("padded"), bytes: z.number() }),
  /** Do what is asked, and send an answer that never ends, as fast as it is taken. */
  z.object({ kind: z.literal("endless") }),
]);
export type FaultAction = z.output<typeof action>;

/** One thing that goes wrong, for one request or for several in a row. */
const fault = z.object({
  /** The path it happens to; undefined: any. */
  path: z.string().optional(),
  /** The number of the first request for the path that it happens to, from 1. Default: the next one. */
  from: z.number().int().positive().optional(),
  /** To how many requests it happens. Default: 1. */
  times: z.number().int().positive().optional(),
  action,
});
export type Fault = Readonly<z.output<typeof fault>>;

/** A script of faults. */
export interface Faults {
  script(...faults: readonly Fault[]): void;
  clear(): void;
  /** The fault that happens to this request, if any. Counts the request. */
  next(path: string): FaultAction | undefined;
}

export function createFaults(): Faults {
  let pending: { fault: Fault; from: number; left: number }[] = [];
  const counts = new Map<string, number>();
  return {
    script(...faults) {
      for (const fault of faults) {
        const soFar = fault.path === undefined ? 0 : (counts.get(fault.path) ?? 0);
        pending.push({ fault, from: fault.from ?? soFar + 1, left: fault.times ?? 1 });
      }
    },
    clear() {
      pending = [];
    },
    next(path) {
      const number = (counts.get(path) ?? 0) + 1;
      counts.set(path, number);
      const found = pending.find(
        ({ fault, from }) => fault.path === undefined || (fault.path === path && number >= from),
      );
      if (!found) return undefined;
      found.left -= 1;
      if (found.left === 0) pending = pending.filter((other) => other !== found);
      return found.fault.action;
    },
  };
}

/** Reads a script that came from outside. A text says what is wrong with it, and where. */
export function readFaults(script: unknown): Fault[] | string {
  const read = z.array(fault).safeParse(script);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  return `the body must be a JSON array of faults: ${issue?.path.join(".")}: ${issue?.message}`;
}
