import { analyticsLine, errorLine, logLine } from "../../protocol/airbyte.js";
import type { Invocation } from "../invocation.js";
import type { LogLevel } from "./log.js";
import { describeRequests } from "./metrics.js";
import { type Outlets, prefixed, type Reporter } from "./reporter.js";
import { createSingerReporter } from "./singer-log.js";

/** Airbyte's levels. */
const LEVEL = { info: "INFO", warn: "WARN", error: "ERROR" } as const;

/** How a process tells what happens where this dialect is spoken; undefined: before the command line has been read. */
export function reporterFor(dialect: Invocation["dialect"], singerName: string, outlets: Outlets): Reporter {
  if (dialect === "singer") return createSingerReporter(singerName, outlets);
  return dialect === "people" ? createPlainReporter(outlets) : createAirbyteReporter(outlets);
}

function createAirbyteReporter({ name, print, say, isWatched, now }: Outlets): Reporter {
  const log = (level: LogLevel, message: string): void => {
    print(logLine(LEVEL[level], message));
    if (isWatched) say(prefixed(LEVEL[level], message));
  };
  return {
    log,
    analytics: (type, value) => print(analyticsLine(now(), type, JSON.stringify(value))),
    failed({ message, stackTrace, failureType }) {
      print(errorLine(now(), { message, internalMessage: message, failureType, stackTrace }));
      say(`${name}: ${stackTrace ?? message}`);
    },
    measured(meter, isEnd) {
      if (!isEnd) return;
      const requests = meter.requests();
      const text = describeRequests(requests);
      if (text === undefined) return;
      log("info", text);
      print(analyticsLine(now(), "requests", JSON.stringify({ requests })));
    },
  };
}

function createPlainReporter({ name, say }: Outlets): Reporter {
  return {
    log: (level, message) => say(prefixed(LEVEL[level], message)),
    analytics: () => undefined,
    failed: ({ message, stackTrace }) => say(`${name}: ${stackTrace ?? message}`),
    measured: () => undefined,
  };
}
