import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { codeOf, messageOf, permissionHint, Unusable } from "../errors.js";
import { notify } from "../notify/options.js";
import { durationMs } from "../schedule/duration.js";
import { cronProblem, type Schedule } from "../schedule/timing.js";
import { writeAtomically } from "./atomic.js";
import { isDeeper, MOST_LEVELS } from "./depth.js";
import type { Folder } from "./folder.js";
import { keepOutOfRepositories } from "./own-file.js";
import { pointerTo } from "./pointer.js";
import { readText } from "./text-file.js";

/** The contacts, of which only the new ones travel. */
const CONTACTS = {
  stream: { name: "contacts", json_schema: {} },
  sync_mode: "incremental",
  destination_sync_mode: "append_dedup",
  cursor_field: ["lastConvertedAt"],
  primary_key: [["contact_key"]],
};

const every = z
  .string()
  .refine(
    (text) => durationMs(text) !== undefined,
    "must be a time such as 30m, 6h or 1d, of a minute or more",
  );
const cron = z
  .object({ cron: z.string(), time_zone: z.string().optional() })
  .superRefine((given, context) => {
    const problem = cronProblem(given.cron, given.time_zone);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  });

const schedule: z.ZodType<Schedule, Schedule> = z.union([z.strictObject({ every }), cron]);

/** Every setting of a project. */
const settings = z.strictObject({
  /** For editors, which complete and check by it; schemas/flowcode-iterable.json describes these settings. */
  $schema: z.string().optional(),
  version: z.literal(1),
  /** The configuration of `source-flowcode`, except for what stands in the environment. */
  source: z.record(z.string(), z.unknown()).default({}),
  /** The configuration of `destination-iterable`, except for what stands in the environment. */
  destination: z.record(z.string(), z.unknown()).default({}),
  /** The streams of the configured catalog. */
  streams: z
    .array(z.looseObject({ stream: z.looseObject({ name: z.string().min(1) }) }))
    .min(1)
    .default([CONTACTS]),
  schedule: schedule.optional(),
  notify: notify.optional(),
  keep: z
    .strictObject({
      /** How long runs are remembered, with the contacts that they rejected. */
      days: z.number().positive().max(36_500).default(90),
      /** How many states are kept to go back to. */
      states: z.number().int().min(2).max(10_000).default(10),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settings>;
export type SettingsInput = z.input<typeof settings>;

/** Settings that make no sense: `at` is a JSON pointer to the first that does not. */
export class InvalidSettings extends Unusable {
  constructor(
    message: string,
    readonly at: string,
  ) {
    super(message);
  }
}

/** Reads the project's settings. Throws Unusable naming what is wrong, and never its value, which may be a secret. */
export async function readSettings({ path, settings: file }: Folder): Promise<Settings> {
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    throw codeOf(error) === "ENOENT"
      ? new Unusable(
          `there is no flowcode-iterable.json in "${path}": name the project's folder with --project, or begin one with flowcode-iterable init`,
        )
      : new Unusable(
          `the project's settings "${file}" cannot be read: ${codeOf(error) === "EACCES" ? permissionHint("the file") : messageOf(error)}`,
        );
  }
  return parseSettings(text, file);
}

/** The settings in a text. Throws Unusable naming every place that is wrong. */
export function parseSettings(text: string, file: string): Settings {
  let found: unknown;
  try {
    found = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The engine's own message quotes the text around the mistake, which may be a secret.
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    const line =
      position === undefined ? "" : ` (line ${text.slice(0, Number(position)).split("\n").length})`;
    throw new Unusable(`the project's settings "${file}" are not valid JSON${line}`);
  }
  if (isDeeper(found))
    throw new Unusable(`the project's settings "${file}" are nested deeper than ${MOST_LEVELS} levels`);
  const parsed = settings.safeParse(found);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the whole"}: ${message}`,
  );
  const at = pointerTo(parsed.error.issues[0]?.path ?? []);
  throw new InvalidSettings(`the project's settings "${file}" cannot be used: ${problems.join("; ")}`, at);
}

/**
 * Saves the settings, whole or not at all, readable for the owner alone, and keeps them out of repositories. A link in
 * their place stays one. Throws Unusable where they make no sense.
 */
export async function writeSettings(folder: Folder, given: SettingsInput): Promise<void> {
  const text = `${JSON.stringify(given, null, 2)}\n`;
  parseSettings(text, folder.settings);
  const path = await realpath(folder.settings).catch(() => folder.settings);
  await writeAtomically(path, text);
  await keepOutOfRepositories(join(folder.path, ".gitignore"));
}

/** These settings as a JSON Schema, in which the connectors' own settings are any object. */
export function settingsSchema(): Record<string, unknown> {
  return z.toJSONSchema(settings, { io: "input", target: "draft-7" });
}
