import type { Context } from "../../connector/connector.js";
import type { Tally } from "../accounting/tally.js";
import { firstOf } from "../mapping/remarks/first-of.js";
import type { StreamPlan } from "../streams.js";

/** What is said where the last write cannot be read in time. */
export const NOT_YET_READABLE =
  "the last contact is written but cannot be read yet: a run that starts at once may take contacts of this run for new";

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
  const isAsked = consentField !== undefined && unfilled.includes(consentField);
  return [
    `no record had a value for these fields that the configuration names: ${firstOf(unfilled)}`,
    ...(isAsked ? [`consent asks for "${consentField}", so that nobody was written`] : []),
    "compare their names with the source's, unless nobody has filled them in",
  ].join("; ");
}
