import type { Start } from "../project/starting-point.js";
import type { Started, Staying } from "./events.js";

/** What a run is to do. */
export type Wanted =
  | { readonly kind: "sync"; readonly start: Start; readonly limit: number | undefined }
  | { readonly kind: "retry"; readonly run: number; readonly replay: "fill_missing" | "overwrite" }
  | { readonly kind: "undo"; readonly run: number; readonly stays: readonly Staying[] }
  /** One contact's records alone, as they stand on the source's lines. */
  | { readonly kind: "contact"; readonly lines: readonly string[] };

/** What the log says of that at its beginning. */
export function factsOf(
  what: Wanted,
): Pick<Started, "full" | "from_state" | "limit" | "retry_of" | "undo_of"> {
  switch (what.kind) {
    case "retry":
      return { retry_of: what.run };
    case "undo":
      return { undo_of: what.run };
    case "contact":
      return {};
    case "sync":
      return {
        ...(what.start.kind === "beginning" && { full: true }),
        ...(what.start.kind === "run" && { from_state: what.start.run }),
        ...(what.limit !== undefined && { limit: what.limit }),
      };
  }
}
