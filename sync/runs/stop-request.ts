import { lstat, rm } from "node:fs/promises";
import { codeOf } from "../errors.js";
import { makeFile } from "../project/atomic.js";
import type { Folder } from "../project/folder.js";

/** How often a run looks whether somebody has asked it to stop, in ms. */
const LOOK_MS = 1_000;

/** Asks a run to stop, whoever does it and wherever: it finishes what it has under way. Asking twice is asking once. */
export async function requestStop(folder: Folder, run: number): Promise<void> {
  await makeFile(folder.stopOf(run), "").catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
}

/** Tells when a run is asked to stop. `end` takes the request away, if there was one. */
export function awaitStop(
  folder: Folder,
  run: number,
): { readonly signal: AbortSignal; readonly end: () => Promise<void> } {
  const asked = new AbortController();
  const timer = setInterval(() => {
    void lstat(folder.stopOf(run)).then(
      () => asked.abort(),
      () => undefined,
    );
  }, LOOK_MS);
  timer.unref();
  return {
    signal: asked.signal,
    async end() {
      clearInterval(timer);
      await rm(folder.stopOf(run), { force: true }).catch(() => undefined);
    },
  };
}
