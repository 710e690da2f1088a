import type { Context } from "../../connector/connector.js";
import { createMeter } from "../../connector/reporting/metrics.js";
import { parseConfig } from "../../connector/spec.js";
import { config } from "../../destination-iterable/config.js";
import { destination } from "../../destination-iterable/destination.js";
import { airbyte } from "../../protocol/airbyte.js";
import { parseConfiguredCatalog } from "../../protocol/catalog.js";
import { SERVER_SIDE_KEY } from "../../simulators/iterable.js";

/** Settings for an Iterable on this machine, which need not spare its limits. */
export function settingsFor(url: string, more: Record<string, unknown> = {}) {
  const advanced = {
    base_url: url,
    max_attempts: 1,
    bulk_requests_per_second: 1000,
    ...(more.advanced as object),
  };
  return parseConfig(config, { api_key: SERVER_SIDE_KEY, ...more, advanced }, "ITERABLE", {}).config;
}

/** A context whose log is kept, with its levels. */
export function listening() {
  const logged: string[] = [];
  const told: (readonly [type: string, value: unknown])[] = [];
  const context: Context = {
    log: {
      info: (message) => void logged.push(`INFO ${message}`),
      warn: (message) => void logged.push(`WARN ${message}`),
      error: (message) => void logged.push(`ERROR ${message}`),
    },
    analytics: (type, value) => void told.push([type, value]),
    metrics: createMeter(),
    signal: new AbortController().signal,
    now: Date.now,
    pid: 1,
    userAgent: "test",
  };
  return { context, logged, told };
}

/** What `check` says; a refusal as text too. */
export function check(url: string, more: Record<string, unknown> = {}): Promise<string> {
  return destination
    .check(settingsFor(url, more), listening().context)
    .catch((error: Error) => `${error.name}: ${error.message}`);
}

/**
 * Writes records of the stream `contacts`, and says what was logged and why it failed. `stream`: more of its entry in the
 * catalog; `rejectedAt`: the records come out of a rejects file, turned away at this stage.
 */
export function write(
  url: string,
  records: readonly Record<string, unknown>[],
  more: Record<string, unknown> = {},
  stream: Record<string, unknown> = {},
  properties: Record<string, unknown> = {},
  rejectedAt?: string,
) {
  const lines = records.map((data) =>
    JSON.stringify({
      type: "RECORD",
      record: { stream: "contacts", data, emitted_at: 1 },
      ...(rejectedAt !== undefined && { rejection: { stage: rejectedAt } }),
    }),
  );
  return writeLines(url, lines, more, stream, properties);
}

/** The same with lines as they stand on the pipe. */
export async function writeLines(
  url: string,
  given: readonly string[],
  more: Record<string, unknown> = {},
  stream: Record<string, unknown> = {},
  properties: Record<string, unknown> = {},
  rehearses = false,
) {
  const { context, logged, told } = listening();
  const acknowledged: string[] = [];
  const streams = parseConfiguredCatalog({
    streams: [{ stream: { name: "contacts", json_schema: { properties } }, ...stream }],
  });
  const lines = [
    ...given,
    '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"contacts"},"status":"COMPLETE"}}}',
  ].map((text, index) => ({ number: index + 1, text, terminated: true }));
  const input = {
    lines: (async function* () {
      yield lines;
    })(),
    close: () => undefined,
    codecFor: () => airbyte,
    acknowledge: async (line: string) => void acknowledged.push(line),
    room: () => undefined,
    replay: "fill_missing",
    rehearses,
  } as const;
  const failure = await destination
    .write(settingsFor(url, more), { streams, declared: false }, input, context)
    .catch((error: Error) => error);
  const summary = logged.findLast((line) => line.startsWith("INFO contacts:"));
  return { logged, told, failure, acknowledged, summary };
}
