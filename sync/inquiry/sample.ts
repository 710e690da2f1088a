import { readThrough } from "../pipe/read-through.js";
import type { SettingsInput } from "../project/settings.js";
import { type Inquirer, withFiles } from "./asking.js";
import { createNewest } from "./newest.js";
import { type Plan, plan } from "./plan.js";
import { type SampledField, valuesIn } from "./sampled-field.js";

/** The newest contacts. `lines` and the fields' `values` are somebody's data: in memory alone, shown when asked for. */
export interface Sample {
  /** How many contacts were looked at. */
  readonly contacts: number;
  /** The records, as they stand on the source's lines. */
  readonly lines: readonly string[];
  readonly fields: readonly SampledField[];
}

/** So many contacts say enough of a mapping. */
export const SAMPLE_SIZE = 500;
/** So far back the newest contacts are looked for first, in ms. */
const RECENT_MS = 90 * 86_400_000;
/** The most contacts that are read to find the newest: Flowcode sorts by name alone. */
const MOST_READ = 5_000;

/** Reads the newest contacts, of the last 90 days where these are enough. Throws Unusable where Flowcode does not answer. */
export async function sample(settings: SettingsInput, count: number, host: Inquirer): Promise<Sample> {
  const start = new Date(host.now() - RECENT_MS).toISOString();
  const isLater = String(settings.source?.start_date ?? "") < start;
  const recent = isLater
    ? await newestOf({ ...settings, source: { ...settings.source, start_date: start } }, count, host)
    : [];
  const lines = recent.length >= count ? recent : await newestOf(settings, count, host);
  return { contacts: lines.length, lines, fields: valuesIn(lines) };
}

/** What the mapping would do to each field, and to the values of the newest contacts. */
export async function planWithSample(
  settings: SettingsInput,
  count: number,
  host: Inquirer,
): Promise<Plan & { readonly sample: Sample }> {
  const found = await sample(settings, count, host);
  return { ...(await plan(settings, host, found.lines)), sample: found };
}

function newestOf(given: SettingsInput, count: number, host: Inquirer): Promise<readonly string[]> {
  return withFiles(given, async ({ settings, source }) => {
    const { take, lines } = createNewest(count, settings.streams);
    const { node, signal } = host;
    await readThrough({ node, args: source, limit: MOST_READ, onRecord: take, signal });
    return lines();
  });
}
