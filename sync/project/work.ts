import { randomUUID } from "node:crypto";
import { lstat, mkdir, rm, rmdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HEARTBEAT_MS } from "../runs/heartbeat.js";
import { holder, holderOf, vitalityOf } from "../runs/holder.js";
import { makeFile } from "./atomic.js";
import { type Folder, namesIn } from "./folder.js";
import type { SavedState } from "./saved-state.js";
import type { Settings } from "./settings.js";
import { openAtOnce } from "./text-file.js";

/** The files that the connectors are started with. */
export interface Work {
  readonly sourceArgs: readonly string[];
  readonly destinationArgs: readonly string[];
  /** Where a file of this name would lie. */
  path(name: string): string;
  clear(): Promise<void>;
}

/** What lies in a folder of this kind, the record of who made it first. */
const RECORD = "lease.json";
const FILES = ["source.json", "destination.json", "catalog.json", "state.jsonl"] as const;
const NAME = /^\.work-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Whoever cannot be looked at from here and has been silent for so long is gone, in ms: there is no hurry. */
const FORGOTTEN_MS = 3_600_000;

const record = z.object({ made_by: z.literal("flowcode-iterable"), name: z.string(), holder });

/**
 * Writes what the connectors take into a new folder that nobody else knows, readable for the owner alone, and removes
 * what processes that are gone have left: folders that hold a record of having been made here, file by file.
 * What is rejected goes to a folder of the run's own, whatever the settings say: nothing may be lost.
 */
export async function layOutWork(
  {
    path: root,
    rejectsOf,
    previousOf,
    existing,
  }: Pick<Folder, "path" | "rejectsOf" | "previousOf" | "existing">,
  settings: Settings,
  {
    run,
    state,
    keepsPrevious = keepsPreviousValues(settings),
  }: {
    readonly run: number;
    readonly state: SavedState | undefined;
    /** Whether what is changed can be put back. */
    readonly keepsPrevious?: boolean;
  },
): Promise<Work> {
  await clearLeftovers(root);
  const name = `.work-${randomUUID()}`;
  const folder = join(root, name);
  const path = (file: string) => join(folder, file);
  const texts: Record<(typeof FILES)[number], string> = {
    "source.json": JSON.stringify(settings.source),
    "destination.json": JSON.stringify({
      ...settings.destination,
      existing_contacts: { path: existing, ...(settings.destination.existing_contacts as object) },
      rejected_records: { storage: "file", path: rejectsOf(run) },
      ...(keepsPrevious && { previous_values: { storage: "file", path: previousOf(run) } }),
    }),
    "catalog.json": JSON.stringify({ streams: settings.streams }),
    "state.jsonl": Object.values(state?.lines ?? {})
      .map((line) => `${line}\n`)
      .join(""),
  };
  const lease: z.infer<typeof record> = { made_by: "flowcode-iterable", name, holder: await holderOf() };
  await makeFolder(folder, path(RECORD), JSON.stringify(lease));
  try {
    for (const [file, text] of Object.entries(texts)) await makeFile(path(file), text);
  } catch (error) {
    await clear(folder);
    throw error;
  }
  const heartbeat = setInterval(() => void touch(path(RECORD)), HEARTBEAT_MS);
  heartbeat.unref();
  const catalog = ["--catalog", path("catalog.json")];
  return {
    sourceArgs: ["--config", path("source.json"), ...catalog, "--state", path("state.jsonl")],
    destinationArgs: ["--config", path("destination.json"), ...catalog],
    path,
    async clear() {
      clearInterval(heartbeat);
      await clear(folder);
    },
  };
}

const previousValues = z.looseObject({ storage: z.literal("file") });

const keepsPreviousValues = ({ destination }: Settings): boolean =>
  previousValues.safeParse(destination.previous_values).success;

/** Makes the folder with its record. As long as it is empty, others may take it for one that a crash has left. */
async function makeFolder(folder: string, path: string, text: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await mkdir(folder, { mode: 0o700 });
    try {
      return await makeFile(path, text);
    } catch (error) {
      await rmdir(folder).catch(() => undefined);
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === 3) throw error;
    }
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/** Removes the files that were made here by their names, the record last, and the folder where nothing else is in it. */
async function clear(folder: string): Promise<void> {
  for (const file of [...FILES, RECORD]) await rm(join(folder, file), { force: true }).catch(() => undefined);
  await rmdir(folder).catch(() => undefined);
}

async function clearLeftovers(root: string): Promise<void> {
  for (const name of await namesIn(root)) {
    if (!NAME.test(name)) continue;
    if (await isLeftOver(join(root, name), name)) await clear(join(root, name));
    // Who was killed before the record was there, or after it had gone, has left nothing in it.
    else await rmdir(join(root, name)).catch(() => undefined);
  }
}

/** Whether a folder holds a record of having been made here, by a process that is gone. */
async function isLeftOver(folder: string, name: string): Promise<boolean> {
  try {
    if (!(await lstat(folder)).isDirectory()) return false;
    // A link in the record's place leads to somebody else's file.
    const file = await openAtOnce(join(folder, RECORD), false);
    try {
      const found = record.parse(JSON.parse(await file.readFile("utf8")));
      if (found.name !== name) return false;
      const vitality = await vitalityOf(found.holder);
      const silence = Date.now() - (await file.stat()).mtimeMs;
      return vitality === "dead" || (vitality === "elsewhere" && silence > FORGOTTEN_MS);
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
