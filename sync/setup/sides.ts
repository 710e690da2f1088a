import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Host } from "../host.js";
import { ask, askFor } from "../pipe/ask.js";
import { withSchemas } from "../pipe/plan.js";
import { folderAt } from "../project/folder.js";
import { parseSettings, type Settings, type SettingsInput } from "../project/settings.js";
import { layOutWork } from "../project/work.js";
import type { ConfiguredSide } from "./items.js";

const NAMES = { source: "source-flowcode", destination: "destination-iterable" } as const;

/** A field of either side. */
export interface Field {
  readonly name: string;
  readonly type: string;
}

/** What the two connectors say of settings that are not saved yet. */
export interface Sides {
  /** What `check` says, and whether the settings work. */
  check(
    side: ConfiguredSide,
    settings: SettingsInput,
  ): Promise<{ readonly works: boolean; readonly text: string }>;
  /** The fields of the contacts, standard and custom. Throws Unusable. */
  sourceFields(settings: SettingsInput): Promise<Field[]>;
  /** The fields that Iterable has at this moment. Throws Unusable. */
  iterableFields(settings: SettingsInput): Promise<Field[]>;
  /** What the mapping would do. */
  plan(settings: SettingsInput): Promise<{ readonly works: boolean; readonly text: string }>;
}

const property = z.looseObject({ type: z.unknown().optional(), format: z.unknown().optional() });
const schema = z.looseObject({ properties: z.record(z.string(), property).default({}) });
const status = z.object({
  type: z.literal("CONNECTION_STATUS"),
  connectionStatus: z.object({ status: z.string(), message: z.string().default("") }),
});
const catalog = z.object({
  type: z.literal("CATALOG"),
  catalog: z.object({ streams: z.array(z.looseObject({ name: z.string(), json_schema: schema })) }),
});
const operations = z.object({
  type: z.literal("DESTINATION_CATALOG"),
  destination_catalog: z.object({ operations: z.array(z.looseObject({ json_schema: schema })).min(1) }),
});

export function createSides({ node, signal }: Pick<Host, "node" | "signal">): Sides {
  /** Asks a connector with files that lie outside the project and are gone afterwards. */
  const asked = async <T>(
    given: SettingsInput,
    work: (args: {
      source: readonly string[];
      destination: readonly string[];
      settings: Settings;
      catalog: string;
    }) => Promise<T>,
  ): Promise<T> => {
    const root = await mkdtemp(join(tmpdir(), "flowcode-iterable-"));
    try {
      const settings = parseSettings(JSON.stringify(given), "flowcode-iterable.json");
      const files = await layOutWork(folderAt(root), settings, { run: 0, state: undefined });
      const { sourceArgs: source, destinationArgs: destination } = files;
      return await work({ source, destination, settings, catalog: files.path("catalog.json") });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  };
  const config = (args: readonly string[]) => args.slice(0, 2);

  return {
    check: (side, given) =>
      asked(given, async (args) => {
        const answer = await ask({ node, name: NAMES[side], args: ["check", ...config(args[side])], signal });
        const said = parsed(status, answer.lines)?.connectionStatus;
        if (!said) return { works: false, text: answer.problem ?? "the check has said nothing" };
        return { works: said.status === "SUCCEEDED", text: said.message };
      }),

    sourceFields: (given) =>
      asked(given, async ({ source }) => {
        const { lines } = await askFor({
          node,
          name: NAMES.source,
          args: ["discover", ...config(source)],
          signal,
        });
        const contacts = parsed(catalog, lines)?.catalog.streams.find(({ name }) => name === "contacts");
        return fieldsOf(contacts?.json_schema);
      }),

    iterableFields: (given) =>
      asked(given, async ({ destination }) => {
        const args = ["discover", ...config(destination)];
        const { lines } = await askFor({ node, name: NAMES.destination, args, signal });
        return fieldsOf(parsed(operations, lines)?.destination_catalog.operations[0]?.json_schema);
      }),

    plan: (given) =>
      asked(given, async ({ source, destination, settings, catalog: file }) => {
        const found = await askFor({
          node,
          name: NAMES.source,
          args: ["discover", ...config(source)],
          signal,
        });
        const streams = withSchemas(settings.streams, found.lines);
        await writeFile(file, JSON.stringify({ streams }), { mode: 0o600 });
        const answer = await ask({ node, name: NAMES.destination, args: ["plan", ...destination], signal });
        const text = answer.text.trimEnd();
        return { works: answer.problem === undefined, text: text === "" ? (answer.problem ?? "") : text };
      }),
  };
}

/** The first line that is a message of this kind. */
function parsed<T>(kind: z.ZodType<T>, lines: readonly string[]): T | undefined {
  for (const line of lines) {
    try {
      const result = kind.safeParse(JSON.parse(line));
      if (result.success) return result.data;
    } catch {}
  }
  return undefined;
}

function fieldsOf(found: z.infer<typeof schema> | undefined): Field[] {
  return Object.entries(found?.properties ?? {}).map(([name, { type, format }]) => ({
    name,
    type: typeText(type, format),
  }));
}

/** A type as people say it: that every value may be missing goes without saying. */
function typeText(type: unknown, format: unknown): string {
  const types = [type].flat().filter((each) => each !== "null" && each !== undefined);
  if (typeof format === "string" && /date/.test(format)) return "date";
  return types.length === 0 ? "any" : types.join(" or ");
}
