import { defineConfig } from "vitest/config";

/** The whole of the suites of which `npm test` runs a sample. */
export default defineConfig({
  test: {
    include: ["test/faults/**/*.test.ts"],
    env: { FAULTS: "all" },
    globalSetup: "test/faults/setup.ts",
    testTimeout: 600_000,
    hookTimeout: 60_000,
    maxConcurrency: 4,
  },
});
