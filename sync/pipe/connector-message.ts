import type { Counts, Explanation, Requests } from "../runs/events.js";

/** What a connector tells on its output, records aside. */
export type ConnectorMessage =
  | { readonly kind: "said"; readonly level: "info" | "warn" | "error"; readonly message: string }
  | { readonly kind: "counts"; readonly stream: string; readonly counts: Counts }
  | { readonly kind: "rejected"; readonly rejection: Rejection }
  | { readonly kind: "requests"; readonly requests: readonly Requests[] }
  | { readonly kind: "created" | "filtered"; readonly fields: readonly string[]; readonly message: string }
  /** `stream` is "" for a state of every stream. */
  | {
      readonly kind: "state";
      readonly stream: string;
      readonly line: string;
      readonly settled: number;
      readonly rejected: number;
    }
  /** `heldUntil`: the vendor lets nothing through until then, in ms since 1970. */
  | {
      readonly kind: "status";
      readonly stream: string;
      readonly status: string;
      readonly heldUntil: number | undefined;
    }
  | { readonly kind: "failed"; readonly message: string; readonly failureType: Explanation["failure_type"] };

/** A rejection as the destination logs it where it keeps nothing of the contact. */
export interface Rejection {
  readonly stream: string;
  readonly line: number;
  readonly contact: string;
  readonly stage: string;
  readonly field: string;
  readonly reason: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a message of another program, of which only known parts are looked at.
type Message = Record<string, any>;

const LEVELS: Readonly<Record<string, "info" | "warn" | "error">> = {
  WARN: "warn",
  ERROR: "error",
  FATAL: "error",
};
const FAILURE_TYPES = ["config_error", "transient_error", "system_error"] as const;

// The connectors' own words; test/sync/pipe/told.test.ts holds the two together.
const REQUESTS = /^requests: (.+)$/;
const REQUEST = /^(.+) (\d+)(?: \((.+)\))?$/;
const SUMMARY =
  /^(.+): (\d+) read = (\d+) delivered \+ (\d+) kept \+ (\d+) rejected \+ (\d+) unsettled(?:; reasons: (.*?))?(?:; values left out: (.*))?$/;
const REJECTED = /^rejected: stream (.+), line (\d+), contact (\S+), stage (\S+), field (.+), reason (\S+)$/;
const CREATED = /^Iterable created fields: (.+); their names and types/;
const FILTERED = /^Iterable left out fields that the project does not have: (.+); create them/;

/** What a line tells; undefined for what is of no interest here, and for what is no message. */
export function parseConnectorMessage(line: string): ConnectorMessage | undefined {
  let message: Message;
  try {
    message = JSON.parse(line);
  } catch {
    return undefined;
  }
  switch (message?.type) {
    case "LOG":
      return parseLog(LEVELS[message.log?.level] ?? "info", String(message.log?.message));
    case "STATE":
      return parseState(message.state, line);
    case "TRACE":
      return parseTrace(message.trace);
    default:
      return undefined;
  }
}

function parseLog(level: "info" | "warn" | "error", message: string): ConnectorMessage {
  const summary = SUMMARY.exec(message);
  if (summary) {
    const [read, delivered, kept, rejected, unsettled] = summary.slice(2, 7).map(Number) as Numbers;
    const reasons = counted(summary[7]);
    const counts = { read, delivered, kept, rejected, unsettled, reasons, left_out: counted(summary[8]) };
    return { kind: "counts", stream: String(summary[1]), counts };
  }
  const [, stream, place, contact, stage, field, reason] = REJECTED.exec(message) ?? [];
  if (stream !== undefined && contact && stage && field && reason) {
    return { kind: "rejected", rejection: { stream, line: Number(place), contact, stage, field, reason } };
  }
  const requests = REQUESTS.exec(message)?.[1];
  if (requests !== undefined) return { kind: "requests", requests: requests.split(", ").flatMap(requestsIn) };
  const created = CREATED.exec(message)?.[1];
  if (created !== undefined) return { kind: "created", fields: created.split(", "), message };
  const filtered = FILTERED.exec(message)?.[1];
  if (filtered !== undefined) return { kind: "filtered", fields: filtered.split(", "), message };
  return { kind: "said", level, message };
}

/** "GET /api/lists 7 (429: 2; no answer: 1)": an endpoint, its requests, and those without success. */
function requestsIn(text: string): Requests[] {
  const [, endpoint, count, failed = ""] = REQUEST.exec(text) ?? [];
  if (endpoint === undefined) return [];
  const ends = [...failed.matchAll(/([^;:]+): (\d+)/g)].map(([, how, times]) => [
    String(how).trim(),
    Number(times),
  ]);
  return [{ endpoint, count: Number(count), failed: Object.fromEntries(ends) }];
}

type Numbers = [number, number, number, number, number];

/** "email invalid_email 13, phoneNumber not_e164 2": what was counted, and how often. */
function counted(list: string | undefined): Record<string, number> {
  const items = list === undefined ? [] : list.split(/(?<= \d+), /);
  return Object.fromEntries(
    items.map((item) => {
      const gap = item.lastIndexOf(" ");
      return [item.slice(0, gap), Number(item.slice(gap + 1))];
    }),
  );
}

function parseState(state: Message | undefined, line: string): ConnectorMessage {
  const { name, namespace } = state?.stream?.stream_descriptor ?? {};
  const stats = state?.destinationStats ?? {};
  return {
    kind: "state",
    stream: name === undefined ? "" : namespace ? `${namespace}.${name}` : String(name),
    line,
    settled: Number(stats.recordCount ?? 0),
    rejected: Number(stats.rejectedRecordCount ?? 0),
  };
}

function parseTrace(trace: Message | undefined): ConnectorMessage | undefined {
  if (trace?.type === "ERROR") {
    const failureType = FAILURE_TYPES.find((type) => type === trace.error?.failure_type) ?? "system_error";
    return { kind: "failed", message: String(trace.error?.message), failureType };
  }
  if (trace?.type !== "STREAM_STATUS") return undefined;
  const { stream_descriptor, status, reasons } = trace.stream_status ?? {};
  const heldUntil = reasons?.[0]?.rate_limited?.quota_reset;
  return { kind: "status", stream: String(stream_descriptor?.name), status: String(status), heldUntil };
}

/** The line with which a source says that a stream begins, or that it was read to its end. */
export function statusLine(stream: string, status: "STARTED" | "COMPLETE", at: number): string {
  const stream_status = { stream_descriptor: { name: stream }, status };
  return `${JSON.stringify({ type: "TRACE", trace: { type: "STREAM_STATUS", stream_status, emitted_at: at } })}\n`;
}
