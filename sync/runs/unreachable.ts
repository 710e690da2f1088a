import { Unavailable } from "../errors.js";
import type { Wait } from "../pipe/analytics.js";

/** A vendor that could not be reached for so long since a run began is not there, in ms. */
const NEVER_MS = 10_000;
/** A wait that began so soon is one for the first answer, in ms. */
const FIRST_MS = 5_000;

/**
 * Why a run is not worth going on with: a vendor that no connection has reached since the run began, while somebody
 * waits for the first word. Whoever answers slowly is waited for, and so is one that has answered before.
 */
export function unreachable(
  wait: Wait | undefined,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): Unavailable | undefined {
  if (!wait?.reason.startsWith("network")) return undefined;
  const since = Date.parse(wait.since);
  if (since - startedAt > FIRST_MS || now - startedAt < NEVER_MS) return undefined;
  return new Unavailable(
    `${wait.for} cannot be reached (${wait.reason.replace(/^network_/, "")}). Check the connection of this machine, a proxy, and the address in the settings; then run again`,
  );
}
