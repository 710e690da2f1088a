import { build, TARGETS } from "./engine.js";

/** Builds the images, once for all files of tests. One after the other: the layers of the first are there for the rest. */
export default async function setup(): Promise<void> {
  for (const target of TARGETS) await build(target);
}
