import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A draft's name, which holds what its maker is known by. */
const DRAFT = /^\.(.+)\.draft$/;

/**
 * Puts a file in place whole: whoever reads it, and whatever happens meanwhile, finds the old text or the new one.
 * The file is readable for its owner alone. Resolves when it is on disk.
 *
 * Its draft lies beside it under a name that nobody else has; `token` makes it one that draftsOf recognises.
 */
export async function writeAtomically(
  path: string,
  text: string,
  token?: string,
  mode?: number,
): Promise<void> {
  const draft = draftIn(dirname(path), token ?? `${basename(path)}.${randomUUID()}`);
  await makeFile(draft, text, mode);
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Makes a file that was not there, readable for its owner alone unless the mode says otherwise: never follows a symbolic link and never takes over what
 * somebody else has made (EEXIST). Resolves when it is on disk; leaves nothing behind where that fails.
 */
export async function makeFile(path: string, text: string, mode = 0o600): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await fill(file, text);
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function fill(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Where the draft of whoever is known by `token` lies. */
export function draftIn(folder: string, token: string): string {
  return join(folder, `.${token}.draft`);
}

/** By whom a draft was made, by its name; undefined for any other file. */
export function makerOfDraft(name: string): string | undefined {
  return DRAFT.exec(name)?.[1];
}

/** Makes the names in a folder survive a loss of power. Some systems cannot, and need not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
