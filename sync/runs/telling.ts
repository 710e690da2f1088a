import type { Wait } from "../pipe/analytics.js";
import type { ConnectorMessage } from "../pipe/connector-message.js";
import type { Event, Side } from "./events.js";

/** What of all that is told stands in the log by itself; the rest is summed up at the end. */
export function eventOf(by: Side, told: ConnectorMessage, at: string): Event | undefined {
  switch (told.kind) {
    case "said":
      return { event: "said", at, by, level: told.level, message: told.message };
    case "rejected":
      return { event: "rejected", at, ...told.rejection };
    case "outcome":
    case "requests":
    case "created":
    case "left_out":
    case "waiting":
    case "waited":
    case "inventory":
    case "state":
    case "status":
    case "failed":
      return undefined;
  }
}

/** A wait with its times in ms since 1970. */
export function waitingOf(wait: Wait | undefined) {
  if (wait === undefined) return undefined;
  const { for: whom, reason, since, attempt, next_at } = wait;
  const nextAt = next_at ? Date.parse(next_at) : undefined;
  return { for: whom, reason: reason.replaceAll("_", " "), since: Date.parse(since), attempt, nextAt };
}
