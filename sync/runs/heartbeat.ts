import { openAtOnce } from "../project/text-file.js";

/** How often whoever holds something shows that it lives to those who cannot look at its process, in ms. */
export const HEARTBEAT_MS = 10_000;
/** So long a heartbeat is waited for before a holder who cannot be seen is taken for dead, in ms: four fit into it. */
export const WATCH_MS = 45_000;
/** Who only shows what a holder does, and cannot wait, takes it for alive within so long of its last heartbeat, in ms. */
export const SILENT_MS = 90_000;
const LOOK_MS = 1_000;

/** The patience of whoever watches. */
export interface Watch {
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when a heartbeat is waited for, which takes WATCH_MS at most. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Whether nobody shows a sign of life in a file any more. How long ago the last one was says nothing: the clocks of two
 * machines differ, and one may have been set. So the next heartbeat is waited for; the living are known within one.
 */
export async function isSilent(path: string, watch: Watch): Promise<boolean> {
  const first = await beatOf(path);
  if (first === undefined) return true;
  watch.onWait?.();
  for (let waited = 0; waited < WATCH_MS; waited += LOOK_MS) {
    await watch.sleep(LOOK_MS);
    if ((await beatOf(path)) !== first) return false;
  }
  return true;
}

/** The time of the last heartbeat; undefined where there is no such file. Opened, so that network folders look again. */
export async function beatOf(path: string): Promise<number | undefined> {
  const file = await openAtOnce(path).catch(() => undefined);
  try {
    return (await file?.stat())?.mtimeMs;
  } finally {
    await file?.close();
  }
}
