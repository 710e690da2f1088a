import reasons from "../../schemas/reasons.json" with { type: "json" };

/** What a reason means, and what can be done about it; "" where nothing has to be. */
export interface Meaning {
  readonly means: string;
  readonly remedy: string;
}

/** The destination's table, which is derived from its code (npm run derive). */
const MEANINGS: Readonly<Record<string, Meaning>> = reasons;

/** What a reason means; one that is not known here is said in its own words. */
export function meaningOf(reason: string): Meaning {
  return Object.hasOwn(MEANINGS, reason)
    ? (MEANINGS[reason] as Meaning)
    : { means: `${reason.replaceAll("_", " ")}.`, remedy: "" };
}

/** A reason on one line: what it means, and what to do. */
export function reasonText(reason: string): string {
  const { means, remedy } = meaningOf(reason);
  return remedy === "" ? means : `${means} ${remedy}`;
}

/** Where a contact was turned away; at a list or an event its profile is written already. */
export function stageText(stage: string): string {
  return stage === "list" || stage === "event" ? `${stage}; its profile is written` : stage;
}
