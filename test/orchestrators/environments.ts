import { environmentsIn } from "../environments.js";

/** The Python environments that the suites need, each with its lock in `environments/`. */
export const ENVIRONMENTS = [
  "meltano",
  "target-jsonl",
  "singer-sdk",
  "tap-rest-api-msdk",
  "pyairbyte",
] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** PyAirbyte takes Python 3.10 to 3.12, the others take later ones too. */
export const {
  executable,
  make: makeEnvironment,
  packageFolder,
} = environmentsIn<Environment>("orchestrators/environments", [10, 12]);
