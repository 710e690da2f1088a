/** What the console's server sends and takes, as its pages see it. `sync/console/api/` is the other side. */

export type Side = "source" | "destination" | "runner";

/** Why something cannot be done, and what to do about it. */
export interface Trouble {
  readonly title: string;
  readonly todo: readonly string[];
  readonly side?: Side;
  readonly code?: string;
  /** A JSON pointer to the setting that is wrong. */
  readonly at?: string;
}

/** A secret is never sent back: only whether there is one, and where it stands. */
export interface Secret {
  readonly set: boolean;
  readonly from: "file" | "environment";
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Configuration = Readonly<Record<string, unknown>>;

/** One entry of a mapping, as the destination's configuration has it. */
export interface Entry {
  readonly source?: string;
  readonly sources?: readonly string[];
  readonly constant?: unknown;
  readonly template?: string;
  readonly target: string;
  readonly [option: string]: unknown;
}

export type Schedule = { readonly every: string } | { readonly cron: string; readonly time_zone?: string };

export interface Settings {
  readonly version: 1;
  readonly source: Configuration;
  readonly destination: Configuration;
  readonly schedule?: Schedule;
  readonly [name: string]: unknown;
}

export interface Project {
  readonly name: string;
  readonly version: string;
  readonly etag: string;
  /** Whether the project has been saved before. */
  readonly exists: boolean;
  /** Whether it has never synced. */
  readonly is_new: boolean;
  readonly settings: Settings;
  /** JSON pointers of the settings that stand in the environment and cannot be changed here. */
  readonly environment: readonly string[];
  readonly scheduler: Scheduler;
}

export interface Scheduler {
  /** Who syncs by the schedule: this console, another process, or nobody. */
  readonly by: "console" | "other" | "nobody";
  readonly next?: string;
  readonly following: readonly string[];
  readonly text: string;
}

/** A setting that differs, by its JSON pointer. */
export interface Difference {
  readonly at: string;
  readonly saved?: unknown;
  readonly yours?: unknown;
}

export interface Check {
  readonly works: boolean;
  readonly text: string;
  /** When it was checked. */
  readonly at: string;
  /** What was found there; a moment stands in `at`. */
  readonly facts: readonly { readonly name: string; readonly text?: string; readonly at?: string }[];
}

export interface Field {
  readonly name: string;
  readonly type: string;
  /** The share of contacts that fill it in, from 0 to 1. */
  readonly filled?: number;
}

export interface Fields {
  readonly at: string;
  readonly fields: readonly Field[];
}

/** Where a source field goes by the draft, and what is suggested where it goes nowhere. */
export interface Suggestion {
  readonly source: string;
  readonly entries: readonly Entry[];
}

/** Values of one row that do not get through, by reason, with the shape of an example and the entry that mends it. */
export interface LeftOut {
  readonly reason: string;
  readonly text: string;
  readonly count: number;
  readonly shape?: string;
  readonly repair?: Entry;
  readonly repair_text?: string;
}

export interface PlanRow {
  readonly place: string;
  /** The event that it is a field of; absent for a field of the profile. */
  readonly event?: string;
  readonly source: string;
  readonly target: string;
  readonly target_type: string;
  readonly verdict: string;
  readonly detail: string;
  readonly filled?: number;
  readonly sent?: number;
  readonly coerced?: number;
  readonly left_out?: readonly LeftOut[];
}

export interface Counted {
  readonly reason: string;
  readonly text: string;
  readonly count: number;
}

export interface Plan {
  readonly works: boolean;
  readonly rows: readonly PlanRow[];
  readonly problems: readonly string[];
  /** Contacts of the sample, and how many of them would be kept back or rejected, by reason. */
  readonly contacts: number;
  readonly kept: readonly Counted[];
  readonly rejected: readonly Counted[];
  /** The mapping written out, so that one field can be changed and all others stay as they are. */
  readonly entries: readonly Entry[];
}

export interface SampledField extends Field {
  /** How many of the sample's contacts fill it in. */
  readonly filled_in: number;
  /** Values, masked unless they were asked for. */
  readonly samples: readonly string[];
}

export interface Sample {
  readonly contacts: number;
  readonly at: string;
  readonly fields: readonly SampledField[];
}

export interface Preview {
  readonly of: number;
  readonly n: number;
  readonly verdict?: string;
  readonly text: string;
  readonly payload?: Json;
}
