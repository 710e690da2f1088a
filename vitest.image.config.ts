import { defineConfig } from "vitest/config";

/** Builds the images and runs them: not for `npm test`, which needs no engine and no registry. */
export default defineConfig({
  test: {
    include: ["test/image/**/*.test.ts"],
    globalSetup: "test/image/setup.ts",
    // They wait for containers and for the next minute more than they compute.
    maxWorkers: 3,
    testTimeout: 240_000,
  },
});
