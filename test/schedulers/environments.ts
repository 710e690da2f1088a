import { environmentsIn } from "../environments.js";

/** Prefect takes Python from 3.11 on. */
export const { executable, make: makeEnvironment } = environmentsIn<"airflow" | "dagster" | "prefect">(
  "schedulers/environments",
  [11, 12],
);
