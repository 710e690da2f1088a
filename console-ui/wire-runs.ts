import type { Json, Side } from "./wire.js";

/** What the server sends of runs. `sync/console/api/` is the other side. */

export interface RunRow {
  readonly run: number;
  readonly started: string;
  readonly ended?: string;
  readonly by: string;
  /** succeeded, with_losses, failed, stopped, interrupted or running. */
  readonly outcome: string;
  readonly text: string;
  readonly read: number;
  readonly delivered: number;
  readonly kept: number;
  readonly rejected: number;
  readonly unsettled: number;
  readonly side?: Side;
  readonly why?: string;
}

export interface Reason {
  readonly reason: string;
  readonly count: number;
  readonly text: string;
  readonly todo: string;
}

export interface RunDetail extends RunRow {
  readonly reasons: readonly Reason[];
  readonly left_out: readonly {
    readonly field: string;
    readonly reason: string;
    readonly text: string;
    readonly count: number;
  }[];
  readonly keeps_rejects: boolean;
  /** Whether what it changed is kept, so that it can be undone. */
  readonly changes_kept: boolean;
  /** Fields of Iterable's that lost most of their values. */
  readonly losses: readonly { readonly field: string; readonly left_out: number; readonly of: number }[];
  /** Mapped form fields in which no contact had a value. */
  readonly unfilled: readonly string[];
  readonly fields_created: readonly string[];
  readonly lists?: readonly { readonly id: number; readonly sent: number; readonly rejected: number }[];
  readonly events?: readonly { readonly name: string; readonly sent: number; readonly rejected: number }[];
  /** Of an undo: lists and events that it has left as they are. */
  readonly stays?: readonly Staying[];
  readonly retry_of?: number;
  readonly undo_of?: number;
}

export interface Staying {
  readonly kind: "list" | "event";
  readonly name: string;
  readonly sent: number | null;
}

/** What undoing a run would do. */
export interface Undoing {
  readonly would_restore: number;
  readonly unchanged: number;
  readonly changed_since: number;
  readonly absent: number;
  readonly created: number;
  readonly values_left: readonly { readonly field: string | null; readonly count: number }[];
  readonly stays: readonly Staying[];
}

/** What a run has changed in one profile. */
export interface Change {
  readonly who: string;
  readonly fields: readonly { readonly field: string; readonly before: Json; readonly after: Json }[];
}

export interface Reject {
  readonly id: string;
  readonly stream: string;
  readonly line: number;
  readonly who: string;
  readonly field: string;
  readonly reason: string;
  /** Whether its data is kept, and can be shown. */
  readonly has_data: boolean;
}

/** What is under way. */
export interface Standing {
  readonly run: number;
  readonly kind: string;
  readonly started: string;
  readonly read: number;
  readonly settled: number;
  readonly rejected: number;
  /** What the last comparable run came to. */
  readonly expected?: number;
  readonly waiting?: {
    readonly for: string;
    readonly reason: string;
    readonly since: string;
    readonly attempt: number;
    readonly next_at?: string;
  };
}
