import type { KeptReason, LostReason } from "./reasons.js";

/** How a record ended. There is no fifth way. */
export type Outcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "kept"; readonly reason: KeptReason }
  | {
      readonly kind: "rejected";
      readonly stage: Stage;
      readonly field?: string | undefined;
      readonly reason: LostReason;
    }
  | { readonly kind: "unsettled" };

/**
 * Where a contact was turned away: as a record, by the mapping, or by Iterable: its profile as it is, as it is to be, the
 * list, or its event.
 */
export type Stage = "validation" | "mapping" | "look_up" | "delivery" | "list" | "event";
