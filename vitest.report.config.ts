import { defineConfig } from "vitest/config";

/** Opens reports in a real browser (Debian's package chromium, or the one in CHROMIUM): not for `npm test`. */
export default defineConfig({
  test: { include: ["test/report/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
});
