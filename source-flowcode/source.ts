import type { Context, Source } from "../connector/connector.js";
import { ConfigError, messageOf } from "../connector/errors.js";
import type { CatalogStream, ConfiguredStream } from "../protocol/catalog.js";
import type { Message } from "../protocol/message.js";
import { createApi, type FlowcodeApi } from "./api.js";
import { explainFault } from "./attempts.js";
import { type Config, config } from "./config.js";
import { CONTACTS, CURSOR_FIELD, PRIMARY_KEY, toContact } from "./contacts.js";
import { type PassSettings, toFilter } from "./cursor.js";
import { scopeHash } from "./fingerprint.js";
import { createPaging } from "./paging.js";
import { readContacts } from "./read.js";
import { createSchemaSample, type SchemaSample } from "./schema.js";

/** How many contacts discover looks at: enough for fields that few people fill in, and a matter of seconds. */
const SAMPLE = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Reads contacts out of Flowcode. */
export const source: Source<Config> = {
  kind: "source",
  name: "source-flowcode",
  singerName: "tap-flowcode",
  title: "Flowcode",
  documentationUrl: "https://help.flowcode.com/enterprise/en/articles/9898200",
  environmentPrefix: "FLOWCODE",
  config,

  async check(settings, context) {
    return withApi(settings, context, async (api) => {
      const { rows, sample } = await sampleContacts(api, 1, context.signal);
      const fields = sample.customFields();
      const custom = fields.length > 0 ? `; fields beside email, name and phone: ${fields.join(", ")}` : "";
      return rows === 0
        ? "Flowcode accepts the credentials; the workspace has no contacts yet (if it should have some, check workspace_id)"
        : `Flowcode accepts the credentials; contacts can be read${custom}`;
    });
  },

  async discover(settings, context) {
    return withApi(settings, context, async (api) => {
      const { sample } = await sampleContacts(api, SAMPLE, context.signal);
      return [contactsStream(sample)];
    });
  },

  async *read(settings, streams, state, context) {
    const api = openApi(settings, context);
    const failures: unknown[] = [];
    try {
      for (const stream of streams) {
        try {
          yield* readStream(stream, state.get(stream.key), settings, api, context);
        } catch (error) {
          yield { kind: "status", stream: stream.key, status: "INCOMPLETE" };
          if (context.signal.aborted) return;
          failures.push(error);
        }
      }
    } finally {
      await api.close();
    }
    const [first, ...others] = failures;
    for (const error of others) context.log.error(messageOf(error));
    if (failures.length > 0) throw first;
  },
};

async function* readStream(
  stream: ConfiguredStream,
  saved: unknown,
  settings: Config,
  api: FlowcodeApi,
  { log, signal, now }: Context,
): AsyncGenerator<Message> {
  if (stream.key !== CONTACTS) {
    throw new ConfigError(
      `the catalog names the stream "${stream.key}", which does not exist; the only stream is "${CONTACTS}": run discover and configure what it prints`,
    );
  }
  yield { kind: "status", stream: stream.key, status: "STARTED" };
  const messages = readContacts(stream.syncMode === "full_refresh" ? undefined : saved, {
    stream: stream.key,
    schema: stream.jsonSchema,
    api,
    settings: passSettings(settings),
    maxAttempts: settings.advanced.max_attempts,
    now,
    log,
    signal,
  });
  let running = false;
  for await (const message of messages) {
    if (message.kind === "record" && !running) {
      running = true;
      yield { kind: "status", stream: stream.key, status: "RUNNING" };
    }
    yield message;
  }
  yield { kind: "status", stream: stream.key, status: "COMPLETE" };
}

/** The whole first page, and as many more as it takes to see so many rows. */
async function sampleContacts(
  api: FlowcodeApi,
  atLeast: number,
  signal: AbortSignal,
): Promise<{ rows: number; sample: SchemaSample }> {
  const sample = createSchemaSample();
  const paging = createPaging(undefined);
  let rows = 0;
  const add = (row: Record<string, unknown>) => {
    rows += 1;
    const contact = toContact(row);
    if (contact) sample.add(contact);
  };
  for (let after: string | undefined; ; ) {
    const page = await api.listContacts({ since: null, after }, signal);
    if (page.kind === "streamed") {
      try {
        for await (const row of page.rows) {
          add(row);
          if (rows >= SAMPLE) break;
        }
      } catch (error) {
        throw explainFault(error);
      }
      return { rows, sample };
    }
    for (const row of page.rows) add(row);
    const step = paging.step(page.info, page.rows.length);
    if (rows >= atLeast || step.kind !== "next") return { rows, sample };
    after = step.after;
  }
}

function contactsStream(sample: SchemaSample): CatalogStream {
  return {
    name: CONTACTS,
    jsonSchema: sample.schema(),
    syncModes: ["full_refresh", "incremental"],
    primaryKey: [PRIMARY_KEY],
    cursorField: CURSOR_FIELD,
  };
}

function passSettings({ advanced, ...settings }: Config): PassSettings {
  const startDate = toFilter(settings.start_date);
  const hosts = [advanced.api_base_url, advanced.auth_base_url].map((url) => new URL(url).host);
  return {
    scope: scopeHash([settings.org_id, settings.workspace_id, ...hosts, startDate]),
    startDate,
    orderBy: advanced.contacts_order_by,
    pageSize: advanced.page_size ?? null,
    lookbackMs: settings.lookback_hours * HOUR_MS,
    fullPassMs: settings.full_pass_days * DAY_MS,
  };
}

function openApi({ advanced, ...settings }: Config, context: Context): FlowcodeApi {
  return createApi({
    apiBaseUrl: withoutSlash(advanced.api_base_url),
    authBaseUrl: withoutSlash(advanced.auth_base_url),
    credentials: settings.credentials,
    orgId: settings.org_id,
    workspaceId: settings.workspace_id,
    orderBy: advanced.contacts_order_by,
    timezone: advanced.timezone,
    pageSize: advanced.page_size,
    requestsPerSecond: settings.requests_per_second,
    timeoutSeconds: advanced.timeout_seconds,
    maxAttempts: advanced.max_attempts,
    userAgent: context.userAgent,
    now: context.now,
    log: context.log,
  });
}

const withoutSlash = (url: string) => url.replace(/\/+$/, "");

async function withApi<T>(
  settings: Config,
  context: Context,
  work: (api: FlowcodeApi) => Promise<T>,
): Promise<T> {
  const api = openApi(settings, context);
  try {
    return await work(api);
  } finally {
    await api.close();
  }
}
