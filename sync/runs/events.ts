import { z } from "zod";
import { holder } from "./holder.js";

const at = z.string();
const count = z.number().int();
const side = z.enum(["source", "destination", "runner"]);
export type Side = z.infer<typeof side>;

/** How the contacts of a stream ended, in the destination's words. */
const counts = z.object({
  read: count,
  delivered: count,
  kept: count,
  rejected: count,
  unsettled: count,
  /** Why contacts were rejected or kept. */
  reasons: z.record(z.string(), count),
  /** Values that were left out of contacts, by field and reason. */
  left_out: z.record(z.string(), count),
});
export type Counts = z.infer<typeof counts>;

/** Requests to an endpoint of a vendor's, each attempt by itself. */
const requests = z.object({
  endpoint: z.string(),
  count,
  /** Those without success, by status, or `no answer`: most are tried again. */
  failed: z.record(z.string(), count),
});
export type Requests = z.infer<typeof requests>;

const explanation = z.object({
  by: side,
  message: z.string(),
  /** How one recovers: change the configuration, run again, or report a bug. */
  failure_type: z.enum(["config_error", "transient_error", "system_error"]),
});
export type Explanation = z.infer<typeof explanation>;

/** What started a run. */
export const trigger = z.enum(["by hand", "schedule", "retry"]);
export type Trigger = z.infer<typeof trigger>;

const started = z.object({
  event: z.literal("started"),
  at,
  run: count,
  trigger,
  version: z.string(),
  holder,
  /** What the run is known by in the names of its drafts. */
  token: z.string().optional(),
  /** Everything is sent again. */
  full: z.boolean().optional(),
  /** The run whose state is gone back to. */
  from_state: count.optional(),
  /** The most contacts that are sent. */
  limit: count.optional(),
  /** The run whose rejected contacts are sent again. */
  retry_of: count.optional(),
});
export type Started = z.infer<typeof started>;

/** Contacts who were rejected without a trace of their data, or for a destination that keeps none. */
const rejected = z.object({
  event: z.literal("rejected"),
  at,
  stream: z.string(),
  line: count,
  /** A keyed hash. */
  contact: z.string(),
  stage: z.string(),
  field: z.string(),
  reason: z.string(),
});

const progress = z.object({
  event: z.literal("progress"),
  at,
  /** Contacts that Flowcode has given. */
  read: count,
  /** Contacts that Iterable has, or that were left alone on purpose, as far as states confirm it. */
  settled: count,
  rejected: count,
});

const exit = z.object({ code: z.number().nullable(), signal: z.string().nullable() });

const ended = z.object({
  event: z.literal("ended"),
  at,
  outcome: z.enum(["succeeded", "failed", "stopped"]),
  read: count,
  settled: count,
  rejected: count,
  streams: z.record(z.string(), counts),
  fields_created: z.array(z.string()),
  /** Fields that Iterable passed over, because the project does not have them. */
  fields_filtered: z.array(z.string()),
  requests: z.array(requests.extend({ by: side })).optional(),
  /** Whether how far the run came is saved. */
  state: z.boolean(),
  explanation: explanation.optional(),
  source: exit.optional(),
  destination: exit.optional(),
});
export type Ended = z.infer<typeof ended>;

/** A line of the log of a run. */
export const event = z.discriminatedUnion("event", [
  started,
  /** The connectors run; they may outlive the runner by a moment. */
  z.object({ event: z.literal("connectors"), at, holders: z.array(holder) }),
  z.object({
    event: z.literal("said"),
    at,
    by: side,
    level: z.enum(["info", "warn", "error"]),
    message: z.string(),
  }),
  rejected,
  progress,
  ended,
]);
export type Event = z.infer<typeof event>;
export type Rejected = z.infer<typeof rejected>;
export type Said = Extract<Event, { event: "said" }>;
export type Progress = z.infer<typeof progress>;

/** The events in the text of a log. An unfinished last line, and lines of a later version, are passed over. */
export function parseEvents(text: string): Event[] {
  return text.split("\n").flatMap((line) => {
    if (line === "") return [];
    try {
      const parsed = event.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}
