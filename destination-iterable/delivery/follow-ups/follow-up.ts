import type { LostReason } from "../../accounting/reasons.js";
import type { Cursor } from "../contact.js";

/** Something that Iterable is asked for a record once its profile is there: to take it onto a list, or an event. */
export interface FollowUp {
  /** The place of the list or event in the settings: lists first, then events. */
  readonly channel: number;
  /** What tells it apart from others of its channel: for a list the contact's key, for an event its id. */
  readonly key: string;
  readonly identifier: string;
  readonly cursor: Cursor | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Why it cannot be asked for. */
  readonly misfit?: { readonly field: string; readonly reason: LostReason };
}
