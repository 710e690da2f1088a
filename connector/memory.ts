import { setFlagsFromString } from "node:v8";

// Keeps the heap near what is really held. By itself V8 lets garbage pile up to several times that before it looks,
// and three half-spaces of 16 MB fill with rows that live for a moment. Both flags are read whenever a space is about
// to grow, so it is enough to set them before the other modules fill the heap: hence an import, and the first one.
// What each is worth, in memory and in time, is in bench/README.md.
setFlagsFromString("--heap-growing-percent=100");
setFlagsFromString("--semi-space-growth-factor=1");
