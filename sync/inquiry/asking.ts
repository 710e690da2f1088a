import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Unusable } from "../errors.js";
import type { Host } from "../host.js";
import { folderAt } from "../project/folder.js";
import { parseSettings, type Settings, type SettingsInput } from "../project/settings.js";
import { layOutWork } from "../project/work.js";

/** Who asks: what is needed of the process. */
export type Inquirer = Pick<Host, "node" | "signal" | "now">;

/** What a connector is asked with. */
export interface Files {
  readonly settings: Settings;
  /** Arguments of the source's verbs, its state among them, which is empty. */
  readonly source: readonly string[];
  /** Arguments of the destination's verbs. */
  readonly destination: readonly string[];
  /** Where the configured catalog lies. */
  readonly catalog: string;
}

/**
 * Lends files with these settings, saved or not, which lie outside of any project and are gone afterwards. Throws
 * Unusable where the settings make no sense.
 */
export async function withFiles<T>(given: SettingsInput, work: (files: Files) => Promise<T>): Promise<T> {
  const settings = parseSettings(JSON.stringify(given), "flowcode-iterable.json");
  const root = await scratch();
  try {
    const files = await layOutWork(folderAt(root), settings, { run: 0, state: undefined });
    const { sourceArgs: source, destinationArgs: destination } = files;
    try {
      return await work({ settings, source, destination, catalog: files.path("catalog.json") });
    } finally {
      await files.clear();
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** In memory, on Linux: there even where a container may write nothing. */
const MEMORY = "/dev/shm";

/** A new folder that its owner alone can read. Throws Unusable where none can be made. */
async function scratch(): Promise<string> {
  for (const place of [tmpdir(), MEMORY]) {
    const made = await mkdtemp(join(place, "flowcode-iterable-")).catch(() => undefined);
    if (made !== undefined) return made;
  }
  throw new Unusable(
    `no temporary file can be written in "${tmpdir()}": set TMPDIR to a folder that can be written`,
  );
}

/** The arguments that name the configuration alone. */
export const configOf = (args: readonly string[]) => args.slice(0, 2);
