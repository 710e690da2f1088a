import { setTimeout } from "node:timers/promises";
import type { Context, Source } from "../connector/connector.js";
import { ConfigError, messageOf } from "../connector/errors.js";
import type { CatalogStream, ConfiguredStream } from "../protocol/catalog.js";
import type { Message } from "../protocol/message.js";
import { checkAccess } from "./check.js";
import { type Config, config } from "./config.js";
import type { FlowcodeApi } from "./flowcode/api.js";
import { sampleRows } from "./flowcode/sample.js";
import { openApi, passSettings, withApi } from "./opening.js";
import { probe } from "./probe/probe.js";
import { CONTACT_FIELDS, CONTACTS, CURSOR_FIELD, PRIMARY_KEY, toContact } from "./streams/contacts.js";
import { FLOW_FIELDS, FLOW_KEY, FLOWS, readFlows, toFlow } from "./streams/flows.js";
import { createPulse } from "./streams/pulse.js";
import { readContacts } from "./streams/read-contacts.js";
import { createSchemaSample } from "./streams/schema-sample.js";
import { createTally, type Tally } from "./tally.js";

/** How many rows discover looks at: enough for fields that few people fill in, and a matter of seconds. */
const SAMPLE = 1000;

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
    return withApi(settings, context, async (api) => [
      await contactsStream(api, context),
      await flowsStream(api, context),
    ]);
  },

  async *read(settings, streams, state, context) {
    const tally = createTally(context.log);
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
      tally.report();
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
  stream: ConfiguredStream,
  saved: unknown,
  settings: Config,
  api: FlowcodeApi,
  tally: Tally,
  { log, signal, now }: Context,
): AsyncGenerator<readonly Message[]> {
  if (stream.key !== CONTACTS && stream.key !== FLOWS) {
    throw new ConfigError(
      `the catalog names the stream "${stream.key}", which does not exist; the streams are "${CONTACTS}" and "${FLOWS}": run discover and configure what it prints`,
    );
  }
  yield [{ kind: "status", stream: stream.key, status: "STARTED" }];
  const sleep = (ms: number, nap: AbortSignal) => setTimeout(ms, undefined, { signal: nap });
  const pulse = createPulse({ stream: stream.key, heldUntil: () => api.heldUntil, now, sleep });
  const reading = { stream: stream.key, api, pulse, now, log, tally, signal };
  const groups =
    stream.key === FLOWS
      ? readFlows(reading)
      : readContacts(stream.syncMode === "full_refresh" ? undefined : saved, {
          ...reading,
          schema: stream.jsonSchema,
          settings: passSettings(settings),
        });
  let running = false;
  for await (const group of groups) {
    if (!running && group.some(({ kind }) => kind === "record")) {
      running = true;
      yield [{ kind: "status", stream: stream.key, status: "RUNNING" }];
    }
    yield group;
  }
  yield [{ kind: "status", stream: stream.key, status: "COMPLETE" }];
}

async function contactsStream(api: FlowcodeApi, { signal }: Context): Promise<CatalogStream> {
  const sample = createSchemaSample(CONTACT_FIELDS);
  await sampleRows(
    (after) => api.listContacts({ since: null, after }, signal),
    SAMPLE,
    (row) => {
      const contact = toContact(row);
      if (contact) sample.add(contact);
    },
  );
  return {
    name: CONTACTS,
    jsonSchema: sample.schema(),
    syncModes: ["full_refresh", "incremental"],
    primaryKey: [PRIMARY_KEY],
    cursorField: CURSOR_FIELD,
  };
}

/** Not selected by itself: a flow is nobody whom a destination of contacts could write. */
async function flowsStream(api: FlowcodeApi, { signal, log }: Context): Promise<CatalogStream> {
  const sample = createSchemaSample(FLOW_FIELDS);
  try {
    await sampleRows(
      (after) => api.listFlows(after, signal),
      SAMPLE,
      (row) => {
        const flow = toFlow(row);
        if (flow) sample.add(flow);
      },
    );
  } catch (error) {
    if (signal.aborted) throw error;
    // Whoever wants the contacts alone need not have access to the flows.
    log.warn(`the flows cannot be listed, so only their usual fields are known: ${messageOf(error)}`);
  }
  return {
    name: FLOWS,
    jsonSchema: sample.schema(),
    syncModes: ["full_refresh"],
    primaryKey: [FLOW_KEY],
    cursorField: undefined,
    selected: false,
  };
}
