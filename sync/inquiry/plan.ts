import { writeFile } from "node:fs/promises";
import { Unusable } from "../errors.js";
import { type Answer, ask, type Question } from "../pipe/ask.js";
import type { SettingsInput } from "../project/settings.js";
import { type Files, type Inquirer, withFiles } from "./asking.js";
import { CONNECTORS } from "./check.js";
import { discoveredWith } from "./fields.js";
import { type Planned, parsePlan, withSchemas } from "./plan-message.js";

/** Records as a source prints them, line by line. */
export type Records = NonNullable<Question["input"]>;

/** What a mapping would do to each field. */
export interface Plan extends Planned {
  /** Whether a sync with it can work. */
  readonly works: boolean;
}

/**
 * What the mapping in these settings would do, field by field, and where `sample` gives records as lines, what would
 * become of their values. `discovered`: what the source has printed of its fields, where it was asked before. Throws
 * Unusable where either side does not answer.
 */
export function plan(
  settings: SettingsInput,
  host: Inquirer,
  sample?: Records,
  discovered?: readonly string[],
): Promise<Plan> {
  return withFiles(settings, (files) => planWith(files, host, sample, discovered));
}

/** The same with files that are there already. The catalog among them gets the fields that the source has. */
export async function planWith(
  files: Files,
  host: Inquirer,
  sample?: Records,
  discovered?: readonly string[],
): Promise<Plan> {
  const { settings, destination, catalog } = files;
  const { node, signal } = host;
  const found = discovered ?? (await discoveredWith("source", files, host));
  const streams = withSchemas(settings.streams, found);
  await writeFile(catalog, JSON.stringify({ streams }), { mode: 0o600 });
  return answered(
    await ask({
      node,
      name: CONNECTORS.destination,
      args: ["plan", ...destination, ...(sample ? ["--sample", "-"] : []), "--json"],
      signal,
      ...(sample && { input: sample }),
    }),
  );
}

function answered({ text, problem }: Answer): Plan {
  const planned = parsePlan(text);
  if (!planned) throw new Unusable(problem ?? "the destination has no plan");
  return { works: planned.problems.length === 0, ...planned };
}
