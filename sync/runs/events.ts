import { z } from "zod";
import { holder } from "./holder.js";

const at = z.string();
const count = z.number().int();
const side = z.enum(["source", "destination", "runner"]);
export type Side = z.infer<typeof side>;

/** So many contacts were rejected, or kept as they are, for one reason. */
const reason = z.object({
  kind: z.enum(["rejected", "kept"]),
  /** null: it is the contact as a whole. */
  field: z.string().nullable().default(null),
  reason: z.string(),
  count,
});
/** So many values of a field were left out of contacts that arrived. */
const omission = z.object({ field: z.string().nullable().default(null), reason: z.string(), count });

/** "Shirt Size not_text": as logs before version 0.2 name what was counted. */
const named = z.record(z.string(), count).transform((given) =>
  Object.entries(given).map(([name, times]) => {
    const gap = name.lastIndexOf(" ");
    return { field: gap < 0 ? null : name.slice(0, gap), reason: name.slice(gap + 1), count: times };
  }),
);
const namedReasons = named.transform((all) =>
  all.map(({ field, ...rest }): z.infer<typeof reason> => {
    return field === "kept:" ? { kind: "kept", field: null, ...rest } : { kind: "rejected", field, ...rest };
  }),
);

/** Records that Iterable has put on a list, or taken an event of, and those that it has not. */
const taken = z.object({ sent: count, rejected: count });

/** How the contacts of a stream ended, as the destination tells it. */
export const counts = z.object({
  read: count,
  delivered: count,
  kept: count,
  rejected: count,
  unsettled: count,
  reasons: z.union([z.array(reason), namedReasons]).default([]),
  left_out: z.union([z.array(omission), named]).default([]),
  /** Mapped fields for which no contact had a value. */
  unfilled: z.array(z.string()).optional(),
  lists: z.array(taken.extend({ id: count })).optional(),
  events: z.array(taken.extend({ name: z.string() })).optional(),
});
export type Counts = z.infer<typeof counts>;

/** The fields of a stream's records, with how many of them had a value. */
export const fieldsSeen = z.array(
  z.object({ name: z.string(), types: z.array(z.string()).default([]), filled: z.number().default(0) }),
);

/** A field of Iterable's that lost most of the values that contacts had for it. */
const loss = z.object({
  field: z.string(),
  left_out: count,
  /** How many contacts had a value. */
  of: count,
});
export type Loss = z.infer<typeof loss>;

/** Requests to an endpoint of a vendor's, each attempt by itself. */
export const requests = z.object({
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
export const trigger = z.enum(["by hand", "schedule", "retry", "undo", "contact"]);
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
  /** The run whose changes are put back. */
  undo_of: count.optional(),
});
export type Started = z.infer<typeof started>;

/** A contact that was rejected without a trace of its data, or for a destination that keeps none. */
export const rejection = z.object({
  stream: z.string(),
  line: count,
  /** A keyed hash. */
  contact: z.string(),
  stage: z.string(),
  field: z.string().nullable().default(null),
  reason: z.string(),
});
const rejected = rejection.extend({ event: z.literal("rejected"), at });

const progress = z.object({
  event: z.literal("progress"),
  at,
  /** Contacts that Flowcode has given. */
  read: count,
  /** Contacts that Iterable has, or that were left alone on purpose, as far as states confirm it. */
  settled: count,
  rejected: count,
  /** Contacts of the last run of this kind. */
  about: count.optional(),
  /** A vendor that lets the run wait at this moment, and since when. */
  waiting_for: z.string().optional(),
  reason: z.string().optional(),
  since: at.optional(),
  attempt: z.number().optional(),
  next_at: at.nullish(),
});

/** How many contacts an undo has come to. */
const undone = z.object({ event: z.literal("undone"), at, contacts: count });

/** A list or an event of the run that was undone, which no undo takes back; `sent`: null where the run was cut short. */
const staying = z.object({ kind: z.enum(["list", "event"]), name: z.string(), sent: count.nullable() });
export type Staying = z.infer<typeof staying>;

const exit = z.object({ code: z.number().nullable(), signal: z.string().nullable() });

const ended = z.object({
  event: z.literal("ended"),
  at,
  outcome: z.enum(["succeeded", "failed", "stopped"]),
  read: count,
  settled: count,
  rejected: count,
  streams: z.record(z.string(), counts),
  losses: z.array(loss).optional(),
  fields_created: z.array(z.string()),
  /** Fields that Iterable passed over, because the project does not have them. */
  fields_filtered: z.array(z.string()),
  requests: z.array(requests.extend({ by: side })).optional(),
  /** Of an undo: what stays of the run that was undone. */
  stays: z.array(staying).optional(),
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
  undone,
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
