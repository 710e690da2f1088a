import type { Folder } from "../project/folder.js";
import type { SettingsInput } from "../project/settings.js";
import type { Inquirer } from "./asking.js";
import { discovered, type Field, fieldsIn } from "./fields.js";
import { SAMPLE_SIZE, type Sample, sample } from "./sample.js";

/** A field of the contacts, and what the newest of them have in it. */
export interface FilledField extends Field {
  /** How many of the newest contacts fill it in. */
  readonly filled_in: number;
  /** Some of their values, masked unless they are to be shown. */
  readonly samples: readonly string[];
}

/** Every field that contacts have, or have had, beside the newest contacts themselves. */
export interface SourceFields {
  readonly fields: readonly Field[];
  readonly sample: Sample;
  /** What `discover` printed, for a plan. */
  readonly discovered: readonly string[];
}

/** Asks Flowcode for both. Throws Unusable where it does not answer. */
export async function sourceFields(
  settings: SettingsInput,
  host: Inquirer,
  folder: Folder,
): Promise<SourceFields> {
  const [lines, found] = await Promise.all([
    discovered("source", settings, host),
    sample(settings, SAMPLE_SIZE, host),
  ]);
  const listed = await fieldsIn("source", lines, folder);
  const names = new Set(listed.map(({ name }) => name));
  const others = found.fields
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => ({ name, type: "any" }));
  return { fields: [...listed, ...others], sample: found, discovered: lines };
}

/** Each field with what the newest contacts have in it. `shows`: their values as they are, which is personal data. */
export function filledFields({ fields: listed, sample: found }: SourceFields, shows: boolean): FilledField[] {
  const sampled = new Map(found.fields.map((field) => [field.name, field]));
  return listed.map((field) => {
    const seen = sampled.get(field.name);
    return { ...field, filled_in: seen?.filled ?? 0, samples: seen?.[shows ? "values" : "masked"] ?? [] };
  });
}
