import type { Metrics } from "../../connector/reporting/metrics.js";
import { withoutSlash } from "../../http/addresses.js";
import { createHttpClient, type HttpRequest, type HttpResponse } from "../../http/client.js";
import { HttpStatusError, NetworkError } from "../../http/errors.js";
import { isLoopback } from "../../http/loopback.js";
import type { RateLimiter } from "../../http/rate-limit.js";
import { retry } from "../../http/retry.js";
import type { JsonObject } from "../../protocol/message.js";
import { parse } from "./codes.js";
import { type ExportPage, readPage } from "./exports-answers.js";

/** Both export/start and export/{id}/files take one request a second, per organization (API reference). */
export const EXPORT_REQUESTS_PER_SECOND = 1;
const MAX_THROTTLES = 30;
const MAX_DELAY_MS = 30_000;

/** Exports of user profiles: jobs that Iterable works on by itself, and files that it leaves elsewhere. */
/** Ten times what the largest project would need: the file is read as it comes. */
const MAX_EXPORT_BYTES = 64 * 1024 ** 3;

export interface Exports {
  /** Starts a job. Throws ExportsRefused, HttpStatusError, NetworkError or Unreadable. */
  start(wanted: WantedExport): Promise<StartedExport>;
  /** How far a job is, and the files behind `after`. Addresses live for 30 minutes. Throws as `start` does. */
  page(job: string, after: string | undefined): Promise<ExportPage>;
  /** A file's bytes. Sends no key. Throws ForeignFile, HttpStatusError (403: the address has expired) or NetworkError. */
  file(url: string): Promise<HttpResponse["body"]>;
  /** Gives a job up. Asks once, and never throws. */
  cancel(job: string): Promise<void>;
  close(): Promise<void>;
}

export interface WantedExport {
  /** Undefined: all fields. */
  readonly onlyFields: readonly string[] | undefined;
  /** Profiles that were updated since, in ms since 1970. Undefined: all. */
  readonly since: number | undefined;
}

export interface StartedExport {
  readonly job: string;
  /** The earlier of both clocks, in ms since 1970: what was written before is in the export, but for Iterable's lag. */
  readonly at: number;
}

/** The key may not export (401, 403). */
export class ExportsRefused extends Error {
  constructor(readonly status: number) {
    super(`exports are refused (${status})`);
  }
}

/** A success that is not what the reference describes. */
export class Unreadable extends Error {}

/** A file's address that may not be asked: no https, and not this machine. */
export class ForeignFile extends Error {}

export interface ExportsOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly firstDelayMs: number;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onAnswer?: Metrics["answered"] | undefined;
  readonly limiter: RateLimiter;
}

/** Iterable's exports over HTTP, within their limit. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: a method is an endpoint
export function createExports(options: ExportsOptions): Exports {
  const { signal, now, limiter } = options;
  const client = createHttpClient(options);
  const base = withoutSlash(options.baseUrl);
  const key = { "api-key": options.apiKey };

  const ask = async (request: HttpRequest): Promise<{ body: JsonObject; at: number }> => {
    let throttles = 0;
    const send = async () => {
      const asked = now();
      const { text, headers } = await client.text(request);
      const body = parse(text);
      if (!body) throw new Unreadable("the answer is not JSON");
      return { body, at: Math.min(asked, dateOf(headers) ?? asked) };
    };
    const policy = {
      attempts: options.maxAttempts,
      firstDelayMs: options.firstDelayMs,
      maxDelayMs: MAX_DELAY_MS,
      signal,
      decide(error: unknown) {
        if (error instanceof HttpStatusError && error.status === 429 && throttles < MAX_THROTTLES) {
          throttles += 1;
          limiter.pause(error.retryAfterMs ?? 1000 * throttles);
          return { action: "wait" } as const;
        }
        return { action: isTransient(error) ? "retry" : "give_up" } as const;
      },
    };
    try {
      return await retry(() => limiter.run(send), policy);
    } catch (error) {
      if (error instanceof HttpStatusError && (error.status === 401 || error.status === 403))
        throw new ExportsRefused(error.status);
      throw error;
    }
  };

  return {
    async start({ onlyFields, since }) {
      const body = JSON.stringify({
        dataTypeName: "user",
        outputFormat: "application/x-json-stream",
        ...(onlyFields && { onlyFields: onlyFields.join(",") }),
        ...(since !== undefined && { startDateTime: asDateTime(since) }),
      });
      const { body: answer, at } = await ask({
        method: "POST",
        url: `${base}/api/export/start`,
        headers: { ...key, "content-type": "application/json" },
        body,
        signal,
      });
      const { jobId } = answer;
      if (typeof jobId !== "number" && typeof jobId !== "string") throw new Unreadable("no jobId");
      return { job: String(jobId), at };
    },
    async page(job, after) {
      const query = after === undefined ? "" : `?startAfter=${encodeURIComponent(after)}`;
      const { body } = await ask({
        method: "GET",
        url: `${base}/api/export/${encodeURIComponent(job)}/files${query}`,
        endpoint: "/api/export/{jobId}/files",
        headers: key,
        signal,
      });
      const page = readPage(body);
      if (!page) throw new Unreadable("no state of the job");
      return page;
    },
    async file(url) {
      if (!isAllowed(url)) throw new ForeignFile("the file's address is neither https nor on this machine");
      const maxBytes = MAX_EXPORT_BYTES;
      return (await client.send({ method: "GET", url, endpoint: "exported file", maxBytes, signal })).body;
    },
    async cancel(job) {
      const url = `${base}/api/export/${encodeURIComponent(job)}`;
      // The run may have been asked to stop, which is a reason to give the job up, not to leave it.
      const request = { method: "DELETE", url, endpoint: "/api/export/{jobId}", headers: key } as const;
      await client.text({ ...request, signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    },
    close: () => client.close(),
  };
}

/** The form of its times in exports, which it takes too (help center, "Data types"). */
const asDateTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} +00:00`;

function dateOf(headers: HttpResponse["headers"]): number | undefined {
  const at = Date.parse(String(headers.date));
  return Number.isNaN(at) ? undefined : at;
}

function isAllowed(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

export function isTransient(error: unknown): boolean {
  if (error instanceof Unreadable) return true;
  if (error instanceof NetworkError) return error.isTransient;
  return (
    error instanceof HttpStatusError && (error.status === 429 || error.status === 408 || error.status >= 500)
  );
}
