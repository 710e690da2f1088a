import { type LookedUp, lookUp } from "../compare/look-up.js";
import type { SettingsInput } from "../project/settings.js";
import { type Inquirer, withFiles } from "./asking.js";
import { SAMPLE_SIZE, sample } from "./sample.js";

/** One contact as it would be sent. It holds the data of that person. */
export interface Preview {
  /** Contacts that can be looked at. */
  readonly of: number;
  /** Which of them this is, from 0, the newest first. */
  readonly n: number;
  /** What the mapping makes of it, and what Iterable holds; undefined where there is no contact. */
  readonly found: LookedUp | undefined;
}

/**
 * The n-th newest contact as it would be sent by these settings. `lines` are the newest contacts where somebody has read
 * them already. Nothing is sent.
 */
export async function preview(
  settings: SettingsInput,
  n: number,
  host: Inquirer,
  lines?: readonly string[],
): Promise<Preview> {
  const newest = lines ?? (await sample(settings, SAMPLE_SIZE, host)).lines;
  const line = newest[n];
  if (line === undefined) return { of: newest.length, n, found: undefined };
  const [found] = await withFiles(settings, ({ destination: args }) =>
    lookUp({ node: host.node, args, lines: [line], signal: host.signal }),
  );
  return { of: newest.length, n, found };
}
