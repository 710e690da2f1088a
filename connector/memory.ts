import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

// Keeps the heap near what is really held: by itself V8 lets garbage pile up to several times that before it looks. The
// flag is read whenever the heap is about to grow, so it is enough to set it before the other modules fill the heap:
// hence an import, and the first one. What it is worth, in memory and in time, is in bench/README.md.
setFlagsFromString("--heap-growing-percent=100");

/** What new objects may take, in bytes. A source holds a page of them, a destination holds what waits for long anyway. */
const YOUNG_BYTES = { source: 16_000_000, destination: 4_000_000 } as const;
/** How often is looked whether they take as much, in ms. */
const LOOK_MS = 20;

/**
 * Lets the space for new objects grow to what is good for this kind of connector, and no further: V8's own limit, two
 * halves of 16 MB and a third to copy into, costs more memory than it saves time. There is a flag for the limit, but it
 * is only read when the process starts.
 */
export function limitYoungSpace(kind: keyof typeof YOUNG_BYTES): void {
  const looking = setInterval(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    if (!young || young.space_size < YOUNG_BYTES[kind]) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(looking);
  }, LOOK_MS);
  looking.unref();
}
