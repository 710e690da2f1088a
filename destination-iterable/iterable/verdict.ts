import type { LostReason } from "../accounting/reasons.js";
import type { FieldType } from "./field-types.js";

/** What one attempt brought back from the wire. */
export type Answer =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body: string;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: "lost"; readonly problem: string; readonly transient: boolean };

/** What an answer to `users/bulkUpdate` or `lists/subscribe` means for the contacts that were sent. */
export type Verdict =
  /** Those of `refused` (by position) were not updated, all others were. */
  | {
      readonly kind: "settled";
      readonly refused: ReadonlyMap<number, LostReason>;
      readonly createdFields: readonly string[];
      readonly filteredOutFields: readonly string[];
      /** Whether its counts contradict its lists, which say who failed. */
      readonly hasOddCounts: boolean;
    }
  /**
   * So many contacts conflict with other profiles, and all others were updated. The names in the answer may be those
   * of the profiles in the way: `suspects` (positions) are those whom a name fits.
   */
  | { readonly kind: "conflict"; readonly count: number; readonly suspects: ReadonlySet<number> }
  /** Some contacts failed, and the answer does not say which. */
  | { readonly kind: "unattributed"; readonly reason: LostReason }
  /** The request as a whole is refused because of something in it. */
  | { readonly kind: "refused"; readonly reason: LostReason }
  | { readonly kind: "too_large" }
  | { readonly kind: "mismatch"; readonly fields: ReadonlyMap<string, FieldType> }
  /** These fields would be new ones, of which the project can have no more. Empty where the answer names none. */
  | { readonly kind: "field_limit"; readonly fields: readonly string[] }
  /** The contacts at these positions are malformed. */
  | { readonly kind: "malformed"; readonly rows: ReadonlyMap<number, string> }
  | { readonly kind: "throttled"; readonly retryAfterMs: number | undefined }
  /** 500: Iterable's catch-all failure, which some requests meet again and again. */
  | { readonly kind: "generic"; readonly problem: string }
  /** Another 5xx: mostly an outage, and now and then a request that something on the way cannot bear. */
  | { readonly kind: "failing"; readonly problem: string }
  /** No answer of Iterable's. */
  | { readonly kind: "unavailable"; readonly problem: string }
  /** Nothing that is sent with this configuration can succeed. */
  | { readonly kind: "stop"; readonly message: string };

/** Who was in a request, in its order. */
export interface Sent {
  /** The identifiers. */
  readonly keys: readonly string[];
  /** The other identifier that a contact carries among its fields, by position; read only where somebody failed. */
  readonly otherKey: (index: number) => string | undefined;
}
