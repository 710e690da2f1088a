import type { FailureType } from "../errors.js";
import type { Analytics } from "./analytics.js";
import type { LogLevel } from "./log.js";
import type { Meter } from "./metrics.js";

/** How a process tells what happens, in its dialect. Everything is redacted before it comes here. */
export interface Reporter {
  log(level: LogLevel, message: string): void;
  readonly analytics: Analytics;
  /** The last word of a process that failed. A stack trace is given where the failure was not foreseen. */
  failed(failure: Failure): void;
  /** Tells what has been counted so far; at the end, too. */
  measured(meter: Meter, isEnd: boolean): void;
}

export interface Failure {
  readonly message: string;
  readonly stackTrace: string | undefined;
  readonly failureType: FailureType;
}

/** Where a reporter writes. */
export interface Outlets {
  /** The connector's name. */
  readonly name: string;
  /** Writes a protocol's message to standard output. */
  readonly print: (line: string) => void;
  /** Writes lines for people to standard error. */
  readonly say: (text: string) => void;
  /** Whether somebody watches standard error and nobody standard output. */
  readonly isWatched: boolean;
  readonly now: () => number;
  readonly pid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Scripts look for the level at the beginning of every line. */
export function prefixed(level: string, text: string): string {
  return text
    .split("\n")
    .map((line) => `${level} ${line}`)
    .join("\n");
}
