import { setTimeout } from "node:timers/promises";
import type { Context, Source } from "../connector/connector.js";
import { ConfigError, messageOf } from "../connector/errors.js";
import type { CatalogStream, ConfiguredStream } from "../protocol/catalog.js";
import type { Message } from "../protocol/message.js";
import { checkAccess } from "./check.js";
import { type Config, config } from "./config.js";
import type { FlowcodeApi } from "./flowcode/api.js";
import { openApi, passSettings, withApi } from "./opening.js";
import { probe } from "./probe/probe.js";
import { createPulse } from "./streams/pulse.js";
import type { SourceStream } from "./streams/stream.js";
import { STREAMS } from "./streams/streams.js";
import { createTally, type Tally } from "./tally.js";

/** Reads contacts and flows out of Flowcode. */
export const source: Source<Config> = {
  kind: "source",
  name: "source-flowcode",
  singerName: "tap-flowcode",
  title: "Flowcode",
  documentationUrl: "https://help.flowcode.com/enterprise/en/articles/9898200",
  environmentPrefix: "FLOWCODE",
  config,
  inspection: probe,

  check(settings, context) {
    return withApi(settings, context, (api) => checkAccess(api, context));
  },

  discover(settings, context) {
    return withApi(settings, context, async (api) => {
      const streams: CatalogStream[] = [];
      for (const { primaryKey, sample, fields, read, ...stream } of STREAMS) {
        const jsonSchema = (await sample(api, settings, context)).schema();
        streams.push({ ...stream, jsonSchema, primaryKey: [primaryKey] });
      }
      return streams;
    });
  },

  async *read(settings, streams, state, context) {
    const tally = createTally(context);
    const api = openApi(settings, context, tally);
    const failures: { stream: string; error: unknown }[] = [];
    try {
      for (const stream of streams) {
        try {
          yield* readStream(stream, state.get(stream.key), settings, api, tally, context);
        } catch (error) {
          yield [{ kind: "status", stream: stream.key, status: "INCOMPLETE" }];
          if (context.signal.aborted) return;
          failures.push({ stream: stream.key, error });
        }
      }
    } finally {
      await api.close();
    }
    const [first, ...others] = failures;
    for (const { stream, error } of others) {
      context.log.error(`the stream "${stream}" failed as well: ${messageOf(error)}`);
    }
    if (first) throw first.error;
  },
};

async function* readStream(
  configured: ConfiguredStream,
  saved: unknown,
  settings: Config,
  api: FlowcodeApi,
  tally: Tally,
  context: Context,
): AsyncGenerator<readonly Message[]> {
  const { key, syncMode, jsonSchema } = configured;
  const { name, read } = streamOf(key);
  yield [{ kind: "status", stream: key, status: "STARTED" }];
  const sleep = (ms: number, nap: AbortSignal) => setTimeout(ms, undefined, { signal: nap });
  const { log, analytics, signal, now } = context;
  const pulse = createPulse({ stream: key, heldUntil: () => api.heldUntil, now, sleep });
  const groups = read(syncMode === "full_refresh" ? undefined : saved, {
    stream: key,
    schema: jsonSchema,
    settings: passSettings(settings),
    ...{ api, pulse, tally, log, analytics, signal, now },
  });
  let emitted = 0;
  try {
    for await (const group of groups) {
      const records = group.reduce((count, { kind }) => (kind === "record" ? count + 1 : count), 0);
      if (emitted === 0 && records > 0) yield [{ kind: "status", stream: key, status: "RUNNING" }];
      emitted += records;
      yield group;
    }
  } finally {
    tally.report(name, emitted);
  }
  yield [{ kind: "status", stream: key, status: "COMPLETE" }];
}

function streamOf(key: string): SourceStream {
  const found = STREAMS.find(({ name }) => name === key);
  if (found) return found;
  const names = STREAMS.map(({ name }) => `"${name}"`).join(" and ");
  throw new ConfigError(
    `the catalog names the stream "${key}", which does not exist; the streams are ${names}: run discover and configure what it prints`,
  );
}
