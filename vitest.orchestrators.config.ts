import { defineConfig } from "vitest/config";

/** Programs of others, installed from their registries: not for `npm test`, which works offline and without Python. */
export default defineConfig({
  test: {
    include: ["test/orchestrators/**/*.test.ts"],
    globalSetup: "test/orchestrators/setup.ts",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
  },
});
