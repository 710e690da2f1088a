import { defineConfig } from "vitest/config";

/** Installs the package as people do, from the registry: not for `npm test`, which works offline. */
export default defineConfig({
  test: { include: ["test/package/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 300_000 },
});
