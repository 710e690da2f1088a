import type { Explanation } from "../runs/events.js";
import { readAnalytics, type Told } from "./analytics.js";

/** What a connector tells on its output, records aside. */
export type ConnectorMessage =
  | Told
  /** A line of the log: for people, and for nothing else. */
  | { readonly kind: "said"; readonly level: "info" | "warn" | "error"; readonly message: string }
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

// biome-ignore lint/suspicious/noExplicitAny: a message of another program, of which only known parts are looked at.
type Message = Record<string, any>;

const LEVELS: Readonly<Record<string, "info" | "warn" | "error">> = {
  WARN: "warn",
  ERROR: "error",
  FATAL: "error",
};
const FAILURE_TYPES = ["config_error", "transient_error", "system_error"] as const;

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
      return {
        kind: "said",
        level: LEVELS[message.log?.level] ?? "info",
        message: String(message.log?.message),
      };
    case "STATE":
      return parseState(message.state, line);
    case "TRACE":
      return parseTrace(message.trace);
    default:
      return undefined;
  }
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
  if (trace?.type === "ANALYTICS")
    return readAnalytics(String(trace.analytics?.type), String(trace.analytics?.value));
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
