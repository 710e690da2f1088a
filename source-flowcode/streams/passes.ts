import { instantToMs, parseInstant } from "../../protocol/instant.js";
import type { ContactsState, Older, PassSettings } from "./pass-state.js";
import type { SeenState } from "./seen.js";

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
