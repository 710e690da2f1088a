import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The tests that mutants have to get past: those of the pure rooms, which start no process. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    // With every mutant in the code, whatever tries thousands of values takes its time.
    testTimeout: 120_000,
    include: [
      "test/destination-iterable/{accounting,delivery,iterable,mapping}/**/*.test.ts",
      "test/source-flowcode/streams/*.test.ts",
    ],
  },
});
