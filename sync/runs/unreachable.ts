import { Unavailable } from "../errors.js";
import type { Wait } from "../pipe/analytics.js";

/** A vendor that has answered nothing for so long since a run began is not there, in ms. */
const NEVER_MS = 10_000;
/** One that takes connections may be slow: it gets a little longer, and the run still ends within 15 seconds. */
const SILENT_MS = 11_000;

/**
 * Why a run is not worth going on with: a vendor that has never answered since the run began, while somebody waits for
 * the first word. Whoever has answered before is waited for.
 */
export function unreachable(
  wait: Wait | undefined,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): Unavailable | undefined {
  if (wait?.answered !== false) return undefined;
  const patience = wait.reason === "no_answer" ? SILENT_MS : NEVER_MS;
  const since = Date.parse(wait.since);
  // Attempts that come to nothing are waits of their own: they count together, from the beginning.
  if (now - (since - startedAt < patience ? startedAt : since) < patience) return undefined;
  const how =
    wait.reason === "no_answer"
      ? "takes connections and does not answer"
      : `cannot be reached (${wait.reason.replace(/^network_/, "")})`;
  return new Unavailable(
    `${wait.for} ${how}. Check the connection of this machine, a proxy, and the address in the settings; then run again`,
  );
}
