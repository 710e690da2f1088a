import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/image/**", "test/package/**", "test/report/**", "test/orchestrators/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for processes and limits more than they compute.
    maxWorkers: 3,
  },
});
