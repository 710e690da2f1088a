import type { LookedUp } from "./look-up.js";

/** How a contact of a run stands in Iterable. */
export type Judgement =
  | "agrees"
  /** Iterable holds other values, and the overwrite mode or a `merge` leaves them alone. */
  | "left_alone"
  /** Not to be written, by the mapping. */
  | "kept"
  | "rejected"
  /** Iterable keeps failing to read this profile, and no other. */
  | "unreadable"
  /** It was converted again since the run: what it sent is not known any more. */
  | "changed_in_flowcode"
  /** Its profile was changed since the run, by whomever. */
  | "changed_in_iterable"
  | "differs"
  | "absent";

/** What a run is known to have done, as far as it bears on single contacts. Times are ms since 1970. */
export interface Deed {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Keys of rows that it has rejected, and hashes of contacts of which nothing is kept. */
  readonly rejected: ReadonlySet<string>;
}

/** Clocks of vendors and of this machine differ, and Iterable writes to a profile for a moment after its answer. */
const SOON_MS = 15_000;

/** Judges what was found out about a contact, whose newest row was changed at `changedAt`. */
export function judge(
  found: LookedUp,
  { key, changedAt }: { readonly key: string; readonly changedAt: number | undefined },
  run: Deed,
): Judgement {
  switch (found.verdict) {
    case "agrees":
    case "held":
      return "agrees";
    case "left_alone":
    case "kept":
    case "rejected":
    case "unreadable":
      return found.verdict;
    case "differs":
    case "absent": {
      if (run.rejected.has(key) || (found.contact !== null && run.rejected.has(found.contact)))
        return "rejected";
      if (changedAt !== undefined && changedAt > run.startedAt) return "changed_in_flowcode";
      const updatedAt = found.updated_at === null ? Number.NaN : Date.parse(found.updated_at);
      return updatedAt > run.endedAt + SOON_MS ? "changed_in_iterable" : found.verdict;
    }
  }
}

/** Whether a judgement says that something is not as it should be. */
export function isWrong(judgement: Judgement): boolean {
  return judgement === "differs" || judgement === "absent";
}
