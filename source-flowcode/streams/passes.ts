import { z } from "zod";
import { ConfigError } from "../../connector/errors.js";
import { instantToMs, parseInstant } from "../../protocol/instant.js";
import { isJsonObject } from "../../protocol/message.js";
import { fromVersion1, NOTHING_SEEN, type SeenState } from "./seen.js";

const VERSION = 2;

const time = z.string().refine((value) => parseInstant(value) !== undefined, "must be a time");

const count = z.number().int().min(0);

const passSchema = z.object({
  /** The filter of every request of the pass; null: no filter. */
  since: time.nullable(),
  /** False: Flowcode refused the filter, so that the requests go without it. */
  filtered: z.boolean().default(true),
  started_at: time,
  after: z.string().min(1),
  order_by: z.string(),
  page_size: z.number().nullable(),
  /** See `Older`: of the pages so far. Null: the pass began without counting. */
  older: z.object({ known: count, next: count }).nullable().default(null),
});

const seenSchema = z.object({
  rows: z.string(),
  hours: z.array(z.tuple([z.number().nullable(), count])),
  keys: z.string().nullable(),
  whole: z.boolean(),
});

const stateSchema = z.object({
  version: z.union([z.literal(1), z.literal(VERSION)]),
  /** Of which list this tells: see `PassSettings.scope`. */
  scope: z.string(),
  /** Where the next pass begins; null: at the beginning. */
  since: time.nullable().default(null),
  /** When the last pass that looked at every contact began; null: there was none yet. */
  full_at: time.nullable().default(null),
  /** See seen.ts; a list in version 1. */
  seen: z.union([z.array(z.string()), seenSchema]).default([]),
  /** How many contacts had converted before `before` when the last pass looked at every contact; null: not counted. */
  older: z.object({ before: time, count }).nullable().default(null),
  /** The pass under way, which goes on behind the page `after`; null: the last one is through. */
  pass: passSchema.nullable().default(null),
});

/** What the stream's state holds. */
export type ContactsState = Omit<z.infer<typeof stateSchema>, "seen" | "version"> & {
  readonly version: typeof VERSION;
  readonly seen: SeenState;
};

/**
 * Of the contacts that a pass over the whole list has met, those who had converted before the time that its
 * predecessor counted to (`known`), and before the time that it counts to itself (`next`). A time that no incremental
 * pass reaches back to: if `known` has grown, people have become visible who were never sent.
 */
export type Older = NonNullable<NonNullable<ContactsState["pass"]>["older"]>;

export interface PassSettings {
  /** A hash of everything that decides which contacts are listed. */
  readonly scope: string;
  /** As Flowcode's filter wants it: see `toSecond`. */
  readonly startDate: string | null;
  readonly orderBy: string;
  readonly pageSize: number | null;
  readonly lookbackMs: number;
  readonly fullPassMs: number;
}

/**
 * What an earlier run left, as far as it can be gone on with; `warning` says what cannot. Undefined or `{}` is a first
 * run. Throws ConfigError for anything that this source has not written.
 */
export function openState(
  saved: unknown,
  settings: PassSettings,
): { state: ContactsState; warning?: string } {
  const fresh: ContactsState = {
    version: VERSION,
    scope: settings.scope,
    since: settings.startDate,
    full_at: null,
    seen: NOTHING_SEEN,
    older: null,
    pass: null,
  };
  if (saved === undefined || saved === null || (isJsonObject(saved) && Object.keys(saved).length === 0)) {
    return { state: fresh };
  }
  const parsed = stateSchema.safeParse(saved);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
    throw new ConfigError(
      `the state of the stream "contacts" was not written by this version of source-flowcode (${problems.join("; ")}); give the state of the last run, or remove it to read every contact again`,
    );
  }
  const { seen, ...known } = parsed.data;
  const state = {
    ...known,
    version: VERSION,
    seen: Array.isArray(seen) ? fromVersion1(seen) : seen,
  } as const;
  if (state.scope !== settings.scope) {
    return {
      state: fresh,
      warning:
        "the state belongs to another organization, workspace, address or start date; reading starts over from start_date",
    };
  }
  const { pass } = state;
  if (pass && (pass.order_by !== settings.orderBy || pass.page_size !== settings.pageSize)) {
    return {
      state: { ...state, pass: null },
      warning:
        "the order or the size of the pages was changed since the last run was interrupted; its pass starts over",
    };
  }
  return { state };
}

/** One way through the whole list. */
export interface Plan {
  /** `first` and `full` look at every contact, `incremental` at those that the filter lets through. */
  readonly kind: "first" | "incremental" | "full";
  readonly since: string | null;
  /** Whether `since` is sent as a filter; otherwise every row is asked for, and those before it are left out here. */
  readonly filtered: boolean;
  /** Rows converted before this, in ms since 1970, are not emitted: they were before, or are not wanted. */
  readonly emitFromMs: number | undefined;
  /** Rows converted before this are never emitted: the start date; undefined: there is none. */
  readonly startMs: number | undefined;
  /** The time that `Older.known` counts to; undefined: the last pass over the whole list has not counted. */
  readonly olderThanMs: number | undefined;
  /** Where an interrupted pass goes on. */
  readonly resumed:
    | { readonly after: string; readonly startedAtMs: number; readonly older: Older | null }
    | undefined;
}

/**
 * The next pass: the interrupted one to its end, or else a fresh one, which is a full one when that is due.
 * `filterRefused`: this run knows that Flowcode refuses the filter.
 */
export function planPass(
  state: ContactsState,
  settings: PassSettings,
  now: number,
  filterRefused = false,
): Plan {
  const { pass, full_at } = state;
  const common = {
    filtered: pass ? pass.filtered : !filterRefused,
    startMs: settings.startDate === null ? undefined : toMs(settings.startDate),
    olderThanMs: state.older === null ? undefined : toMs(state.older.before),
  };
  const resumed = pass
    ? { after: pass.after, startedAtMs: toMs(pass.started_at), older: pass.older }
    : undefined;
  if (full_at === null) {
    const since = pass ? pass.since : state.since;
    return { kind: "first", since, ...common, emitFromMs: since === null ? undefined : toMs(since), resumed };
  }
  const full = pass ? pass.since === null : now - toMs(full_at) >= settings.fullPassMs;
  if (full) return { kind: "full", since: null, ...common, emitFromMs: toMs(full_at), resumed };
  const since = pass ? pass.since : state.since;
  return {
    kind: "incremental",
    since,
    ...common,
    emitFromMs: since === null ? undefined : toMs(since),
    resumed,
  };
}

interface Place {
  readonly startedAtMs: number;
  readonly seen: SeenState;
  /** Of the pages so far. */
  readonly older: Older | null;
}

/** The state while a pass is under way: `after` leads to its next page. */
export function midPass(
  state: ContactsState,
  plan: Plan,
  place: Place & { readonly after: string },
  settings: PassSettings,
): ContactsState {
  return {
    ...state,
    seen: place.seen,
    pass: {
      since: plan.since,
      filtered: plan.filtered,
      started_at: toSecond(place.startedAtMs),
      after: place.after,
      order_by: settings.orderBy,
      page_size: settings.pageSize,
      older: place.older,
    },
  };
}

/** The state behind a pass's last page. Rows before `overlapStartMs` may be gone from `seen`. */
export function afterPass(
  state: ContactsState,
  plan: Plan,
  place: Place,
  settings: PassSettings,
): ContactsState {
  const before = nextSince(place.startedAtMs, settings);
  const older = place.older && { before, count: place.older.next };
  return {
    ...state,
    since: before,
    older: plan.kind === "incremental" ? state.older : older,
    full_at: plan.kind === "incremental" ? state.full_at : toSecond(place.startedAtMs),
    seen: place.seen,
    pass: null,
  };
}

/** The earliest conversion, in ms since 1970, that a later pass may emit: the next one, or the next full one. */
export function overlapStartMs(
  state: ContactsState,
  plan: Plan,
  startedAtMs: number,
  settings: PassSettings,
): number {
  const since = toMs(nextSince(startedAtMs, settings));
  return plan.kind === "incremental" && state.full_at ? Math.min(since, toMs(state.full_at)) : since;
}

/** Lookback reaches into the time before the pass, but never before the start date. Texts of this form sort by time. */
function nextSince(startedAtMs: number, settings: PassSettings): string {
  const since = toSecond(startedAtMs - settings.lookbackMs);
  return settings.startDate !== null && settings.startDate > since ? settings.startDate : since;
}

/** A time as a public client writes it into the filter: cut to the second, in UTC. */
export function toSecond(ms: number): string {
  return `${new Date(Math.floor(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** The start date as the filter wants it. */
export function toFilter(startDate: string | undefined): string | null {
  const instant = parseInstant(startDate);
  return instant ? toSecond(instantToMs(instant)) : null;
}

function toMs(value: string): number {
  const instant = parseInstant(value);
  return instant ? instantToMs(instant) : 0;
}
