import type { Folder } from "../project/folder.js";
import type { SettingsInput } from "../project/settings.js";
import type { Inquirer } from "./asking.js";
import { type Checked, type ConfiguredSide, check } from "./check.js";
import { type Field, fields } from "./fields.js";
import { type Plan, plan } from "./plan.js";
import { type Preview, preview } from "./preview.js";
import { planWithSample, SAMPLE_SIZE, type Sample, sample } from "./sample.js";

/** What the two sides say of settings, saved or not. Everything but `check` throws Unusable where a side does not answer. */
export interface Sides {
  check(side: ConfiguredSide, settings: SettingsInput): Promise<Checked>;
  fields(side: ConfiguredSide, settings: SettingsInput): Promise<Field[]>;
  plan(settings: SettingsInput, lines?: readonly string[]): Promise<Plan>;
  /** The newest contacts. */
  sample(settings: SettingsInput): Promise<Sample>;
  /** The plan, with what would become of the newest contacts. */
  planWithSample(settings: SettingsInput): Promise<Plan & { readonly sample: Sample }>;
  /** One of the newest contacts as it would be sent. */
  preview(settings: SettingsInput, n: number, lines?: readonly string[]): Promise<Preview>;
}

/** `project`: where the fields that contacts have had are remembered. */
export function createSides(host: Inquirer, project?: Folder): Sides {
  return {
    check: (side, settings) => check(side, settings, host),
    fields: (side, settings) => fields(side, settings, host, project),
    plan: (settings, lines) => plan(settings, host, lines),
    sample: (settings) => sample(settings, SAMPLE_SIZE, host),
    planWithSample: (settings) => planWithSample(settings, SAMPLE_SIZE, host),
    preview: (settings, n, lines) => preview(settings, n, host, lines),
  };
}

/** The same, in which fields are asked for once: they do not change while somebody answers questions. */
export function remembering(sides: Sides): Sides {
  const known = new Map<string, Promise<Field[]>>();
  return {
    ...sides,
    fields(side, settings) {
      const key = JSON.stringify([side, settings[side]]);
      const found = known.get(key) ?? sides.fields(side, settings);
      known.set(key, found);
      found.catch(() => known.delete(key));
      return found;
    },
  };
}
