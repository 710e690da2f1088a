import { open } from "node:fs/promises";

/** How often whoever holds something shows that it lives to those who cannot look at its process, in ms. */
export const HEARTBEAT_MS = 10_000;
/** Whoever has shown itself within so long lives, in ms. */
export const SILENT_MS = 90_000;
/** So long a heartbeat is waited for before a silent holder is taken for dead, in ms: three of them fit into it. */
export const WATCH_MS = 30_000;
const LOOK_MS = 1_000;

/** The clock and the patience of whoever watches. */
export interface Watch {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Told when a heartbeat is waited for, which takes WATCH_MS. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Whether nobody shows a sign of life in a file any more. A time of long ago, or of the future, need not mean that: the
 * clocks of two machines differ, and one may have been set. So a heartbeat is waited for before anybody is called dead.
 */
export async function isSilent(path: string, watch: Watch): Promise<boolean> {
  const first = await beatOf(path);
  if (first === undefined) return true;
  const age = watch.now() - first;
  if (age >= 0 && age < SILENT_MS) return false;
  watch.onWait?.();
  for (let waited = 0; waited < WATCH_MS; waited += LOOK_MS) {
    await watch.sleep(LOOK_MS);
    if ((await beatOf(path)) !== first) return false;
  }
  return true;
}

/** The time of the last heartbeat; undefined where there is no such file. Opened, so that network folders look again. */
async function beatOf(path: string): Promise<number | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  try {
    return (await file?.stat())?.mtimeMs;
  } finally {
    await file?.close();
  }
}
