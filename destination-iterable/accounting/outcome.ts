/** How a record ended. There is no fifth way. */
export type Outcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "kept"; readonly reason: KeptReason }
  | {
      readonly kind: "rejected";
      readonly stage: Stage;
      readonly field?: string | undefined;
      readonly reason: string;
    }
  | { readonly kind: "unsettled" };

/** Why a contact was left as it is, on purpose. */
export type KeptReason = "exists" | "absent" | "condition" | "no_consent" | "trial";

/** Where a contact was turned away: as a record, by the mapping, or by Iterable, as a profile or from the list. */
export type Stage = "validation" | "mapping" | "delivery" | "list";
