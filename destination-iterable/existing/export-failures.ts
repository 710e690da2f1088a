import { ConfigError } from "../../connector/errors.js";
import { HttpStatusError, NetworkError } from "../../http/errors.js";
import { ExportsRefused, ForeignFile } from "../iterable/exports.js";
import { JobFailed } from "./export-job.js";

/** Whether asking again would come to the same. */
export function isHopeless(error: unknown): boolean {
  if (error instanceof JobFailed) return false;
  if (error instanceof ExportsRefused || error instanceof ForeignFile || error instanceof ConfigError)
    return true;
  if (error instanceof NetworkError) return !error.isTransient;
  return (
    error instanceof HttpStatusError && error.status < 500 && error.status !== 429 && error.status !== 408
  );
}

/** What went wrong, without anything of a request's own. */
export function problemOf(error: unknown): string {
  if (error instanceof HttpStatusError) return `Iterable answered ${error.status}`;
  return error instanceof Error ? error.message : String(error);
}
