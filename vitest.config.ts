import { defineConfig } from "vitest/config";

/** Suites that need more than Node: `npm run test:NAME` runs one, and CI runs them all. */
const SUITES = [
  "console",
  "faults",
  "hostile",
  "image",
  "orchestrators",
  "package",
  "redis",
  "report",
  "schedulers",
];

/**
 * `npm test` runs the project "unit", which is everything that needs nothing but Node and no network, with a sample of
 * the long suites. Each other project is a suite of its own, with a script of its name.
 */
export default defineConfig({
  test: {
    // Most tests wait for processes and limits more than they compute.
    maxWorkers: 3,
    coverage: {
      include: ["{connector,destination-iterable,http,protocol,source-flowcode,sync}/**/*.ts"],
      reporter: ["text-summary"],
    },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: SUITES.filter((name) => !["faults", "hostile"].includes(name)).map(
            (name) => `test/${name}/**`,
          ),
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        /** The whole of what `npm test` runs a sample of. */
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          env: { FAULTS: "all" },
          globalSetup: "test/faults/setup.ts",
          testTimeout: 600_000,
          hookTimeout: 60_000,
          maxConcurrency: 4,
        },
      },
      {
        /** The whole of what `npm test` runs a sample of: hostile input, memory and time measured. */
        test: {
          name: "hostile",
          include: ["test/hostile/**/*.test.ts"],
          env: { HOSTILE: "all" },
          globalSetup: "test/hostile/setup.ts",
          testTimeout: 600_000,
        },
      },
      {
        /** Builds the images and runs them, which needs an engine and registries. */
        test: {
          name: "image",
          include: ["test/image/**/*.test.ts"],
          globalSetup: "test/image/setup.ts",
          testTimeout: 240_000,
        },
      },
      {
        /** Programs of others, installed from their registries, and Python. */
        test: {
          name: "orchestrators",
          include: ["test/orchestrators/**/*.test.ts"],
          globalSetup: "test/orchestrators/setup.ts",
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        /** Installs the package as people do, from the registry. */
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        /** Many connections with one limit, through a real Redis: Debian's package redis-server. */
        test: {
          name: "redis",
          include: ["test/redis/**/*.test.ts"],
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        /** The examples for Airflow, Dagster and Prefect, under those from their registry, and Python. */
        test: {
          name: "schedulers",
          include: ["test/schedulers/**/*.test.ts"],
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        /** The web console in a real browser: Debian's package chromium, or the one in CHROMIUM. */
        test: {
          name: "console",
          include: ["test/console/**/*.test.ts"],
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        /** Opens reports in a real browser: Debian's package chromium, or the one in CHROMIUM. */
        test: {
          name: "report",
          include: ["test/report/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
