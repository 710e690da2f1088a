import { join } from "node:path";
import { ROOT } from "../architecture/files.js";
import type { executable } from "./environments.js";

/** How a scheduler says that a run of the example has ended. */
export type Verdict = "succeeded" | "skipped" | "failed";

/** A scheduler as it runs the example that is shipped for it. */
export interface Scheduler {
  readonly name: string;
  readonly environment: Parameters<typeof executable>[0];
  /** What it is told by its environment: where its home is, and to tell nobody of itself. */
  settings(home: string): Readonly<Record<string, string>>;
  /** Arguments of an executable of its environment that prepare a home. */
  readonly prepare?: readonly [program: string, ...args: string[]];
  /** Arguments of an executable of its environment that run the example, now. */
  readonly run: readonly [program: string, ...args: string[]];
  /** Reads what a run has printed. */
  verdict(printed: string): Verdict;
}

const example = (path: string) => join(ROOT, "examples", path);

const AIRFLOW: Scheduler = {
  name: "Airflow",
  environment: "airflow",
  settings: (home) => ({
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: example("airflow"),
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
  }),
  prepare: ["airflow", "db", "migrate"],
  run: ["airflow", "dags", "test", "flowcode_to_iterable"],
  verdict(printed) {
    const [, state] = [...printed.matchAll(/\bnew_state=(\w+)/g)].at(-1) ?? [];
    if (state === "success") return "succeeded";
    return state === "skipped" ? "skipped" : "failed";
  },
};

const DAGSTER: Scheduler = {
  name: "Dagster",
  environment: "dagster",
  settings: (home) => ({ DAGSTER_HOME: home, DAGSTER_DISABLE_TELEMETRY: "yes" }),
  run: ["dagster", "asset", "materialize", "--select", "*", "-f", example("dagster/definitions.py")],
  verdict(printed) {
    if (!printed.includes(" RUN_SUCCESS ")) return "failed";
    return printed.includes(" ASSET_MATERIALIZATION ") ? "succeeded" : "skipped";
  },
};

const PREFECT: Scheduler = {
  name: "Prefect",
  environment: "prefect",
  settings: (home) => ({ PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: "false", DO_NOT_TRACK: "1" }),
  run: ["python", example("prefect/flowcode_iterable.py")],
  verdict(printed) {
    const [, state] = [...printed.matchAll(/Flow run '[^']*' - Finished in state (\w+)\(/g)].at(-1) ?? [];
    if (state === "Completed") return "succeeded";
    return state === "Skipped" ? "skipped" : "failed";
  },
};

export const SCHEDULERS: readonly Scheduler[] = [AIRFLOW, DAGSTER, PREFECT];
