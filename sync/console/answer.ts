import type { ServerResponse } from "node:http";
import { messageOf, Unusable } from "../errors.js";

/** What went wrong, for people: a headline, and what to do about it. The names of its keys are relied on by programs. */
export interface Trouble {
  readonly title: string;
  readonly todo: readonly string[];
  /** Whose side it is on. */
  readonly side?: "source" | "destination" | "runner" | undefined;
  readonly code?: string | undefined;
  /** A JSON pointer to the field that is wrong. */
  readonly at?: string | undefined;
}

/** Ends a request with a status and a problem. */
export class Declined extends Error {
  override readonly name = "Declined";
  constructor(
    readonly status: number,
    readonly trouble: Trouble,
    /** What stands beside the problem in the answer. */
    readonly beside: object = {},
  ) {
    super(trouble.title);
  }
}

/** What a command does; where it says why it cannot go on (Unusable), that is what there is to do. Throws Declined. */
export async function orDeclined<T>(work: Promise<T>, trouble: Omit<Trouble, "todo">): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Declined(422, { ...trouble, todo: [messageOf(error)] });
  }
}

/** Nothing from outside is loaded, nothing is put into a page as markup, and no other page may frame it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "frame-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");
/** A report has its style in itself and no script at all. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

/** The headers that every answer of the console has. */
export function headersFor(type: string, kind: "page" | "report" = "page"): Record<string, string> {
  return {
    "content-type": type,
    "content-security-policy": kind === "page" ? PAGE_POLICY : REPORT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, status: number, value: unknown, more: object = {}): void {
  response.writeHead(status, { ...headersFor("application/json; charset=utf-8"), ...more });
  response.end(JSON.stringify(value));
}

/** Answers with a problem. */
export function refuse(
  response: ServerResponse,
  status: number,
  trouble: Trouble,
  beside: object = {},
): void {
  json(response, status, { error: trouble, ...beside });
}
