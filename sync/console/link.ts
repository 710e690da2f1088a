import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../errors.js";
import type { Folder } from "../project/folder.js";

const LOOK_MS = 250;
/** How long a console gets to answer, in ms. */
const ANSWER_MS = 5_000;
const KEY = /^[\w-]{43}$/;

/** Where somebody who may read and write the project leaves a key for its console. */
const placeOf = (folder: Folder) => join(folder.path, "console.link");

/**
 * Leaves a key for the console of a project, in a file that its owner alone can read, and waits until it was taken.
 * Resolves with the key; undefined where no console took it.
 */
export async function askForLink(folder: Folder, signal: AbortSignal): Promise<string | undefined> {
  const key = randomBytes(32).toString("base64url");
  const place = placeOf(folder);
  await rm(place, { force: true });
  await writeFile(place, key, { mode: 0o600, flag: "wx" });
  const deadline = Date.now() + ANSWER_MS;
  while (Date.now() < deadline && !signal.aborted) {
    await sleep(LOOK_MS);
    if ((await keyAt(place)) !== key) return key;
  }
  await rm(place, { force: true });
  return undefined;
}

/** Takes the keys that are left in the project, until `signal` is aborted. */
export async function takeLinks(
  folder: Folder,
  admit: (key: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const place = placeOf(folder);
  while (!signal.aborted) {
    const key = await keyAt(place);
    if (key !== undefined) {
      if (KEY.test(key)) admit(key);
      await rm(place, { force: true });
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function keyAt(place: string): Promise<string | undefined> {
  return readFile(place, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
}
