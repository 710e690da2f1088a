import { z } from "zod";
import { askFor } from "../pipe/ask.js";
import type { Folder } from "../project/folder.js";
import { type KnownField, knownFields } from "../project/inventory.js";
import type { SettingsInput } from "../project/settings.js";
import { configOf, type Files, type Inquirer, withFiles } from "./asking.js";
import { CONNECTORS, type ConfiguredSide } from "./check.js";
import { firstOf } from "./message.js";

/** A field of either side. */
export interface Field {
  readonly name: string;
  /** As people say it: `string`, `date`, `integer or string`. */
  readonly type: string;
  /** The share of contacts that fill it in, from 0 to 1, where the source says so. */
  readonly filled?: number;
}

const property = z.looseObject({
  type: z.unknown().optional(),
  format: z.unknown().optional(),
  "x-filled": z.number().optional().catch(undefined),
});
const schema = z.looseObject({ properties: z.record(z.string(), property).default({}) });
const catalog = z.object({
  type: z.literal("CATALOG"),
  catalog: z.object({ streams: z.array(z.looseObject({ name: z.string(), json_schema: schema })) }),
});
const operations = z.object({
  type: z.literal("DESTINATION_CATALOG"),
  destination_catalog: z.object({ operations: z.array(z.looseObject({ json_schema: schema })).min(1) }),
});

/** The stream that people mean by contacts. */
const CONTACTS = "contacts";

/**
 * The fields that a side has at this moment: of the contacts, standard and custom; or of Iterable's profiles, as far as
 * they can be written. Behind those that the source lists stand those that contacts have had in a run of the project:
 * whatever was seen once is offered. Throws Unusable with what the side says where it does not answer.
 */
export async function fields(
  side: ConfiguredSide,
  settings: SettingsInput,
  host: Inquirer,
  project?: Folder,
): Promise<Field[]> {
  return fieldsIn(side, await discovered(side, settings, host), project);
}

/** What a side prints of the fields that it has. Throws Unusable with what it says where it does not answer. */
export function discovered(
  side: ConfiguredSide,
  settings: SettingsInput,
  host: Inquirer,
): Promise<readonly string[]> {
  return withFiles(settings, (files) => discoveredWith(side, files, host));
}

/** The same with files that are there already. */
export async function discoveredWith(
  side: ConfiguredSide,
  files: Files,
  { node, signal }: Inquirer,
): Promise<readonly string[]> {
  const args = ["discover", ...configOf(files[side])];
  return (await askFor({ node, name: CONNECTORS[side], args, signal })).lines;
}

/** The fields that stand on those lines, and behind them those that `project` remembers of the contacts. */
export async function fieldsIn(
  side: ConfiguredSide,
  lines: readonly string[],
  project?: Folder,
): Promise<Field[]> {
  const found =
    side === "source"
      ? firstOf(catalog, lines)?.catalog.streams.find(({ name }) => name === CONTACTS)?.json_schema
      : firstOf(operations, lines)?.destination_catalog.operations[0]?.json_schema;
  const listed = Object.entries(found?.properties ?? {}).map(
    ([name, { type, format, "x-filled": filled }]): Field => ({
      name,
      type: typeText(type, format),
      ...(filled !== undefined && { filled }),
    }),
  );
  if (side === "destination" || project === undefined) return listed;
  return [...listed, ...unlisted(await knownFields(project, CONTACTS), listed)];
}

function unlisted(known: readonly KnownField[], listed: readonly Field[]): Field[] {
  const names = new Set(listed.map(({ name }) => name));
  return known
    .filter(({ name }) => !names.has(name))
    .map(({ name, types, filled, read }) => ({
      name,
      type: typeText(types, undefined),
      ...(read > 0 && { filled: filled / read }),
    }));
}

/** A type as people say it: that every value may be missing goes without saying. */
function typeText(type: unknown, format: unknown): string {
  const types = [type].flat().filter((each) => each !== "null" && each !== undefined);
  if (typeof format === "string" && /date/.test(format)) return "date";
  return types.length === 0 ? "any" : types.join(" or ");
}
