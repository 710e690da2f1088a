import { isObject } from "./json.js";

/** What goes wrong with a request. */
export type FaultAction =
  /** Answer this instead of doing anything. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    }
  /** A gateway's page. */
  | { readonly kind: "html"; readonly status: number }
  /** Cut the connection before doing anything. */
  | { readonly kind: "reset" }
  /** Do what is asked, then cut the connection. */
  | { readonly kind: "lost_answer" }
  /** Never answer. */
  | { readonly kind: "hang" }
  /** Do what is asked after a while. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Do what is asked, and send half of the answer. */
  | { readonly kind: "truncated" }
  /** 200 with a page of somebody else's, such as a hotel network's. */
  | { readonly kind: "not_json" };

const KINDS: readonly FaultAction["kind"][] = [
  "status",
  "html",
  "reset",
  "lost_answer",
  "hang",
  "slow",
  "truncated",
  "not_json",
];

/** One thing that goes wrong, for one request or for several in a row. */
export interface Fault {
  /** The path it happens to; undefined: any. */
  readonly path?: string;
  /** The number of the first request for the path that it happens to, from 1. Default: the next one. */
  readonly from?: number;
  /** To how many requests it happens. Default: 1. */
  readonly times?: number;
  readonly action: FaultAction;
}

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

/** What is wrong with a script that came from outside, with its place; undefined where it is a list of faults. */
export function findWrongFault(script: unknown): string | undefined {
  if (!Array.isArray(script)) return "the body must be a JSON array of faults";
  for (const [index, fault] of script.entries()) {
    if (!isObject(fault) || !isObject(fault.action))
      return `[${index}] must be an object with an object "action"`;
    const { path, from, times, action } = fault;
    if (path !== undefined && typeof path !== "string") return `[${index}].path must be a text`;
    for (const [name, value] of Object.entries({ from, times })) {
      if (value !== undefined && !(Number.isInteger(value) && Number(value) > 0)) {
        return `[${index}].${name} must be a whole number above 0`;
      }
    }
    if (!KINDS.some((kind) => kind === action.kind)) {
      return `[${index}].action.kind must be one of ${KINDS.join(", ")}`;
    }
    const needs = { status: "status", html: "status", slow: "ms" }[String(action.kind)];
    if (needs && typeof action[needs] !== "number") return `[${index}].action.${needs} must be a number`;
  }
  return undefined;
}
