import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The tests that mutants have to get past: those of the pure rooms, which start no process. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: [
      "test/destination-iterable/{accounting,delivery,iterable,mapping}/**/*.test.ts",
      "test/source-flowcode/streams/*.test.ts",
    ],
  },
});
