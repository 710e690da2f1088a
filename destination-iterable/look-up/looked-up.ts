import type { JsonObject } from "../../protocol/message.js";
import type { WriteMode } from "../delivery/write-mode.js";
import type { Step } from "../plan/steps.js";
import type { Unsent } from "./following.js";
import type { FieldComparison, ProfileVerdict } from "./held.js";

/** What was found out about a contact. The names of its keys are relied on by programs. */
export interface LookedUp {
  /** The lines of the input that it came on. */
  readonly lines: readonly number[];
  /** Null for a line that is no record. */
  readonly stream: string | null;
  /** The keyed hash by which logs refer to it; null where nothing tells it apart. */
  readonly contact: string | null;
  /** What Iterable is asked for; null where there is nothing to ask for. */
  readonly identifier: string | null;
  readonly mode: WriteMode | null;
  /**
   * `held` and, of a line that names somebody, `absent`: there is nothing to compare with. `unreadable`: Iterable keeps
   * failing to read this profile, and no other.
   */
  readonly verdict: ProfileVerdict | "kept" | "rejected" | "held" | "unreadable";
  /** Which field it was kept or rejected for, and why. */
  readonly field: string | null;
  readonly reason: string | null;
  /** For each line, the rules of the mapping and what they have made of it. */
  readonly steps: readonly (readonly Step[])[];
  /** The entry of the request that `write` would send in the mode `overwrite`. */
  readonly payload: JsonObject | null;
  /** The entry of the request behind it, where a contact replaces whole objects and writes into others: two requests. */
  readonly second_payload: JsonObject | null;
  /** The ids of the lists that it is subscribed to once it is written. */
  readonly lists: readonly number[];
  /** The entries of the requests with events that `write` sends once it is written. */
  readonly events: readonly JsonObject[];
  /** The others of the settings: lists that it is not put on, and events that are not sent, each with what decides. */
  readonly unsent: readonly Unsent[];
  readonly fields: readonly FieldComparison[];
  /** The fields of the profile; null where there is none, or nobody was asked for. */
  readonly held: JsonObject | null;
  /** When the profile was last changed, in Iterable's words. */
  readonly updated_at: string | null;
}
