/**
 * Mutation testing over the rooms that compute and do nothing else (`npm run test:mutation`): each mutant is a small
 * mistake in the code, and a mutant that no test notices is a mistake that nobody would notice. docs/mutation.md has the
 * score, and the reason for each survivor.
 */
export default {
  mutate: [
    "destination-iterable/accounting/ledger.ts",
    "destination-iterable/delivery/order.ts",
    "destination-iterable/iterable/{answers,bulk-answer}.ts",
    "destination-iterable/mapping/coercion.ts",
    "source-flowcode/streams/passes.ts",
  ],
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts", related: true },
  plugins: ["@stryker-mutator/vitest-runner"],
  reporters: ["clear-text", "json"],
  jsonReporter: { fileName: ".mutation/report.json" },
  // TypeScript 7 has no API for what Stryker would do with it, and relative paths stay right without.
  tsconfigFile: "none",
  tempDirName: ".mutation/sandbox",
  // What other suites have installed is large, holds links to folders, and is read by none of these tests.
  ignorePatterns: ["/.environments", "/bench/peers/.installed", "/coverage", "/dist"],
  concurrency: 2,
  coverageAnalysis: "perTest",
  ignoreStatic: true,
};
