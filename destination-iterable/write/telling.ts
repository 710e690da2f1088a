import type { Context } from "../../connector/connector.js";
import type { Tally } from "../accounting/tally.js";
import type { StreamPlan } from "../streams.js";

/** Names in a warning; more are only counted. */
const MOST_NAMED = 20;

/** Says how the records of each stream have ended, and which of the mapped fields none of them had a value for. */
export function tellOutcomes(
  tally: Tally,
  plans: ReadonlyMap<string, StreamPlan>,
  { log, analytics }: Pick<Context, "log" | "analytics">,
): void {
  tally.summary().forEach(log.info);
  for (const outcome of tally.outcomes()) {
    const plan = plans.get(outcome.stream);
    const unfilled = plan?.mapping.carried.missing() ?? [];
    analytics("stream_outcome", { ...outcome, ...(unfilled.length > 0 && { unfilled }) });
    if (unfilled.length > 0)
      log.warn(`stream "${outcome.stream}": ${describe(unfilled, plan?.consentField)}`);
  }
}

function describe(unfilled: readonly string[], consentField: string | undefined): string {
  const more = unfilled.length - MOST_NAMED;
  const named = unfilled.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const isAsked = consentField !== undefined && unfilled.includes(consentField);
  return [
    `no record had a value for these fields that the configuration names: ${named}`,
    ...(isAsked ? [`consent asks for "${consentField}", so that nobody was written`] : []),
    "compare their names with the source's, unless nobody has filled them in",
  ].join("; ");
}
