import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

// Keeps the heap near what is really held: by itself V8 lets garbage pile up to several times that before it looks, and
// gives new objects three times 16 MB. Both flags are read whenever a space is about to grow, so it is enough to set
// them before a connector is loaded: hence where this is imported. What they are worth, in memory and in time, is in
// bench/README.md.
setFlagsFromString("--heap-growing-percent=100");
setFlagsFromString("--semi-space-growth-factor=1");

/** What new objects may take in a run, in bytes. In a source whole pages of them live for a moment. */
const YOUNG_BYTES = { source: 16_000_000, destination: 8_000_000 };
/** How often to look whether they do, in ms. */
const LOOK_MS = 20;

/**
 * Lets the space for new objects grow after all, but not as far as V8 would. There is a flag for the limit itself, but
 * that one is only read when a process starts.
 */
export function growNewSpace(kind: keyof typeof YOUNG_BYTES): void {
  setFlagsFromString("--semi-space-growth-factor=2");
  const looking = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    if (!young || young.space_size < YOUNG_BYTES[kind]) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(looking);
  }, LOOK_MS);
  looking.unref();
}
