import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runsHere } from "../runs/holder.js";
import { type Folder, makeFolder, namesIn } from "./folder.js";
import type { SavedState } from "./saved-state.js";
import type { Settings } from "./settings.js";

/** The files that the connectors are started with. */
export interface Work {
  readonly sourceArgs: readonly string[];
  readonly destinationArgs: readonly string[];
  /** Where a file of this name would lie. */
  path(name: string): string;
  clear(): Promise<void>;
}

/**
 * Writes what the connectors take, readable for the owner alone, and removes what processes that are gone have left.
 * What is rejected goes to a folder of the run's own, whatever the settings say: nothing may be lost.
 */
export async function layOutWork(
  { work, rejectsOf, existing }: Pick<Folder, "work" | "rejectsOf" | "existing">,
  settings: Settings,
  { run, pid, state }: { readonly run: number; readonly pid: number; readonly state: SavedState | undefined },
): Promise<Work> {
  for (const name of await namesIn(work)) {
    if (!(await runsHere(Number(name)))) await rm(join(work, name), { recursive: true, force: true });
  }
  const folder = join(work, String(pid));
  await makeFolder(folder);
  const files = {
    "source.json": JSON.stringify(settings.source),
    "destination.json": JSON.stringify({
      ...settings.destination,
      existing_contacts: { path: existing, ...(settings.destination.existing_contacts as object) },
      rejected_records: { storage: "file", path: rejectsOf(run) },
    }),
    "catalog.json": JSON.stringify({ streams: settings.streams }),
    "state.jsonl": Object.values(state?.lines ?? {})
      .map((line) => `${line}\n`)
      .join(""),
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  const path = (name: string) => join(folder, name);
  const catalog = ["--catalog", path("catalog.json")];
  return {
    sourceArgs: ["--config", path("source.json"), ...catalog, "--state", path("state.jsonl")],
    destinationArgs: ["--config", path("destination.json"), ...catalog],
    path,
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}
