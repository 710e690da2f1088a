import { z } from "zod";
import { waitSwitches } from "../http/refusal-waits.js";

const flag = (beginning: boolean, description: string) =>
  z.boolean().default(beginning).describe(description);
const choice = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z
    .enum(values)
    .default(values[0] as never)
    .describe(description);
const amount = (beginning: number, description: string) =>
  z.number().nonnegative().default(beginning).describe(description);
const most = (description: string) => z.number().positive().nullable().default(null).describe(description);
const names = (description: string) => z.array(z.string()).default([]).describe(description);

const requests = {
  unknownKeys: choice(["refused", "ignored"], "keys that the public description does not have"),
  limitsHeld: flag(true, "whether there are rate limits at all"),
  limits: z
    .record(z.string(), z.number())
    .default({})
    .describe("requests a second by path; the rest is as documented"),
  strict: flag(
    false,
    "whether bulk requests are counted within every second to the millisecond, not by a leaky bucket",
  ),
  ...waitSwitches,
  htmlTooLarge: flag(false, "whether a body that is too large is refused with HTML"),
  maxBatchUsers: most("users or events a request; null: any number"),
  codes: choice(
    ["documented", "unknown"],
    "whether errors carry codes of the documented set, or one that nobody has heard of",
  ),
  echo: flag(false, "whether errors repeat a contact's identifier in code, message and paths"),
  extraKeys: flag(false, "whether answers have keys that nobody has heard of"),
  interimAnswers: amount(0, "how many unasked 100 Continue come before each answer"),
};

const profiles = {
  addsUnknownFields: flag(false, "whether the project adds unknown fields where a request does not say"),
  forgotten: names("keys of users who asked to be forgotten"),
  poisoned: names("keys of users whose presence makes a whole write a 500"),
  refusing: z
    .record(z.string(), z.object({ status: z.number(), code: z.string(), params: z.unknown().optional() }))
    .default({})
    .describe("keys of users whose presence has a whole write refused, with the status and the code"),
  unreadable: names("keys of users whose look-up is a 500, again and again"),
  noOps: choice(
    ["counted", "uncounted", "unnoticed"],
    "users whom an update did not change: listed and counted as updated, listed alone, or nothing of it",
  ),
  topLevelLists: choice(
    ["any_cause", "invalid_only", "empty"],
    "what the deprecated `invalidEmails` and `invalidUserIds` hold",
  ),
  conflictNames: choice(["other", "own"], "whose identifier a conflict list holds"),
  conflictsCounted: flag(true, "whether `failCount` counts conflicts"),
  typeMismatches: choice(
    ["whole_request", "per_user"],
    "whether a value of another type refuses the request, or puts its user into `invalidData`",
  ),
  longValues: choice(["listed", "taken"], "users with a value above 32,000 characters"),
  fieldLimit: amount(1000, "user fields that a project may have"),
  ipLookup: flag(false, "whether `ip` overwrites city, region, country and timeZone"),
  domains: choice(
    ["any", "known"],
    "whether an email's last label may be anything or has to be a known domain",
  ),
  visibilityMs: amount(0, "ms until what was written can be read"),
  byUserIdMiss: choice(["500", "400", "404", "200"], "the status of a look-up of an unknown user id"),
  datesRead: choice(["normalised", "as_sent"], "how a date is read back"),
  typeNames: choice(["lower", "title"], "the case of type names in getFields"),
  extraFields: amount(0, "how many fields more getFields lists"),
};

const dependents = {
  dependentsSee: choice(
    ["written", "visible"],
    "whether events and subscriptions find a profile at once, or only when it can be read",
  ),
  unknownSubscribers: choice(["created", "not_found"], "subscribers who are nobody"),
  unknownEventUsers: choice(["not_found", "created"], "events of nobody"),
  disallowedEventNames: names("names of events that the project does not take"),
  disallowedCount: choice(["failed", "succeeded"], "what an event with such a name counts as"),
  poisonedEvents: names("keys of users whose events make a whole request a 500"),
  eventFieldLimit: amount(8000, "event fields that a project may have"),
  createdAtUnit: choice(["seconds", "any"], "whether a `createdAt` in milliseconds is refused"),
};

export const EXPORT_OUTCOMES = [
  "completed",
  "failed",
  "cancelled",
  "truncated",
  "requeued",
  "stuck",
] as const;
export type ExportOutcome = (typeof EXPORT_OUTCOMES)[number];

const exports = {
  exportsRefused: z
    .union([z.literal(401), z.literal(403)])
    .nullable()
    .default(null)
    .describe("the status with which exports are refused; null: they are not"),
  exportOutcomes: z
    .array(z.enum(EXPORT_OUTCOMES))
    .default([])
    .describe("what becomes of the next jobs, one after the other; later ones complete"),
  exportProfilesPerSecond: most("how fast a job is; null: it is done at once"),
  exportRowsPerFile: amount(10_000, "profiles a file"),
  exportUrlSeconds: amount(1800, "how long a file's address lives"),
  exportNesting: choice(["dotted", "nested"], "how objects stand in rows"),
  exportTimes: choice(["usual", "odd"], "whether times in rows have forms that were seen once"),
  exportStates: choice(["lower", "title"], "the case of a job's state"),
  exportJobsForm: choice(
    ["text", "object"],
    "a job's state and data type in the list of jobs: text, or objects as the public description says",
  ),
  exportLagMs: amount(0, "how long ago a profile was written before an export has it"),
  exportSlots: amount(4, "jobs of the organization that run at a time"),
  exportSlotsTaken: amount(0, "how many of them somebody else's jobs take"),
};

/** What the facts leave open about Iterable, and what has to be tried out; each can change while it runs. */
export const iterableSwitches = z.object({ ...requests, ...profiles, ...dependents, ...exports });
export type IterableSwitches = z.output<typeof iterableSwitches>;
