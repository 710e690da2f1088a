import type { JsonObject } from "../../protocol/message.js";
import type { LogLevel } from "./log.js";
import { describeRequests, type Point } from "./metrics.js";
import { type Outlets, prefixed, type Reporter } from "./reporter.js";

/** Python's levels, which Singer's programs write. */
const LEVEL = { info: "INFO", warn: "WARNING", error: "ERROR" } as const;
type Level = (typeof LEVEL)[LogLevel] | "CRITICAL";
const RANK: Readonly<Record<string, number>> = {
  NOTSET: 0,
  DEBUG: 0,
  INFO: 1,
  WARN: 2,
  WARNING: 2,
  ERROR: 3,
  CRITICAL: 4,
  FATAL: 4,
};

/**
 * Tells on standard error what Singer's programs tell: lines that begin with their level, METRIC lines, and a CRITICAL
 * one before a failure. With `<NAME>_LOG_FORMAT=json` each is an object with the fields of the Meltano SDK's structured
 * log. `<NAME>_LOGLEVEL`, else `LOGLEVEL`, leaves out what is less (Meltano SDK); NAME is as in TAP_FLOWCODE.
 */
export function createSingerReporter(singerName: string, { say, now, pid, env }: Outlets): Reporter {
  const prefix = singerName.toUpperCase().replaceAll("-", "_");
  const isStructured = (env[`${prefix}_LOG_FORMAT`] ?? "").toLowerCase() === "json";
  const wanted = (env[`${prefix}_LOGLEVEL`] ?? env.LOGLEVEL ?? "INFO").toUpperCase();
  const lowest = RANK[wanted] ?? 1;

  const tell = (level: Level, message: string, more: object = {}): void => {
    if ((RANK[level] as number) < lowest) return;
    if (!isStructured) return say(prefixed(level, message));
    const fields = {
      level,
      pid,
      logger_name: singerName,
      ts: now() / 1000,
      thread_name: "MainThread",
      app_name: singerName,
      stream_name: null,
      message,
      ...more,
    };
    say(JSON.stringify(fields));
  };
  const metric = (point: Point): void =>
    tell("INFO", `METRIC: ${JSON.stringify(point)}`, { metric_info: point });
  return {
    log: (level, message) => tell(LEVEL[level], message),
    analytics(type, value) {
      for (const point of pointsOf(type, value)) metric(point);
    },
    failed: ({ message, stackTrace }) => tell("CRITICAL", stackTrace ?? message),
    measured(meter, isEnd) {
      const requests = isEnd ? describeRequests(meter.requests()) : undefined;
      if (requests !== undefined) tell("INFO", requests);
      for (const point of meter.points()) metric(point);
    },
  };
}

/** The numbers of what is told as data, each as a counter whose tags are the texts beside it. */
function pointsOf(type: string, value: JsonObject): Point[] {
  const entries = Object.entries(value);
  const tags = Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  return entries.flatMap(([name, number]) =>
    typeof number === "number"
      ? [{ type: "counter" as const, metric: `${type}_${name}`, value: number, tags }]
      : [],
  );
}
