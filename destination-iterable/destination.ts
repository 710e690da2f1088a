import type { Context, Destination } from "../connector/connector.js";
import { tellWaiting } from "../connector/reporting/waiting.js";
import { createWaits } from "../http/waits.js";
import { patternsFor } from "../protocol/schema/patterns.js";
import { provePlace } from "./accounting/rejects-place.js";
import { checkProject } from "./check.js";
import { withFolders } from "./check-folders.js";
import { type Config, config } from "./config.js";
import { operationsFor } from "./discover.js";
import {
  type ApiOptions,
  createApi,
  DATA_CENTERS,
  FIRST_DELAY_MS,
  type IterableApi,
} from "./iterable/api.js";
import { explainDataCenter } from "./iterable/data-center.js";
import { createExports, EXPORT_REQUESTS_PER_SECOND } from "./iterable/exports.js";
import { createLimits, type Limits, ownLimits } from "./iterable/limits.js";
import { lookUp } from "./look-up/look-up.js";
import { planReport, sampledPlanReport } from "./plan/report.js";
import { planStreams } from "./streams.js";
import { write } from "./write/write.js";

/** Somebody waits for the answer of a check: after so many attempts it says what is wrong. */
const ATTEMPTS_OF_A_CHECK = 3;

/** Upserts contacts into Iterable. */
export const destination: Destination<Config> = {
  kind: "destination",
  name: "destination-iterable",
  singerName: "target-iterable",
  title: "Iterable",
  documentationUrl: "https://support.iterable.com/hc/en-us/articles/360043464871",
  environmentPrefix: "ITERABLE",
  config,
  syncModes: ["append", "append_dedup"],

  check: (settings, context) => withFolders(settings, () => checkWithKey(settings, context)),

  async discover(settings, context) {
    const api = await connect(settings, context);
    try {
      const fields = await liveFields(api, settings, context);
      return operationsFor(fields, settings.identifier, settings.create_new_fields);
    } finally {
      await api.close();
    }
  },

  inspection: {
    verb: "plan",
    describe: "Print what the mapping would do to Iterable's fields, without writing anything",
    takesCatalog: true,
    takesSample: true,
    async run(settings, streams, context, sample) {
      const api = await connect(settings, context);
      try {
        const fields = await liveFields(api, settings, context);
        const patterns = await patternsFor(streams.map(({ jsonSchema }) => jsonSchema));
        if (!sample) return planReport(settings, streams, fields, patterns);
        return await sampledPlanReport(settings, streams, fields, sample, patterns);
      } finally {
        await api.close();
      }
    },
  },

  lookUp: {
    verb: "look-up",
    describe:
      "Read records, emails or user ids on standard input, and print what the mapping makes of each and what Iterable holds of it, without writing anything. This prints the data of those people",
    async *run(settings, streams, lines, context) {
      const api = await connect(settings, context);
      try {
        yield* lookUp({
          settings,
          streams,
          fields: await liveFields(api, settings, context),
          api,
          lines,
          context,
        });
      } finally {
        await api.close();
      }
    },
  },

  async write(settings, catalog, input, context) {
    const api = await connect(settings, context);
    try {
      const fields = await liveFields(api, settings, context);
      const exports = () =>
        createExports({
          ...apiOptions(settings, context),
          now: context.now,
          limiter: api.limiter({ name: "exports", perSecond: EXPORT_REQUESTS_PER_SECOND, concurrent: 1 }),
        });
      const patterns = await patternsFor(catalog.streams.map(({ jsonSchema }) => jsonSchema));
      const plans = planStreams(settings, catalog.streams, fields, context.log, patterns);
      await write({ settings, catalog, plans, fields, api, exports, input, context });
    } finally {
      await api.close();
    }
  },
};

/** Whether a sync could work, as far as the key leads. */
async function checkWithKey(configured: Config, context: Context): Promise<string> {
  const { advanced } = configured;
  const max_attempts = Math.min(advanced.max_attempts, ATTEMPTS_OF_A_CHECK);
  const settings = { ...configured, advanced: { ...advanced, max_attempts } };
  const limits = await limitsOf(settings, context);
  const api = createApi({ ...apiOptions(settings, context), limits });
  try {
    await limits.prove();
    await provePlace(settings, context);
    const fields = await liveFields(api, settings, context);
    await api.proveServerSide();
    const type = await checkProject(settings, api, fields);
    return `Iterable accepts the key, and the key may write contacts. The project has ${fields.size} fields. ${type}`;
  } finally {
    await api.close();
  }
}

async function connect(settings: Config, context: Context): Promise<IterableApi> {
  return createApi({ ...apiOptions(settings, context), limits: await limitsOf(settings, context) });
}

function limitsOf({ advanced, ...settings }: Config, context: Context): Promise<Limits> {
  return createLimits({
    url: advanced.shared_limit_url,
    apiKey: settings.api_key,
    baseUrl: advanced.base_url ?? DATA_CENTERS[settings.data_center],
    context,
  });
}

function apiOptions(
  settings: Config,
  context: Context,
  dataCenter = settings.data_center,
): Omit<ApiOptions, "limits"> {
  const { userAgent, signal, metrics } = context;
  return {
    baseUrl: settings.advanced.base_url ?? DATA_CENTERS[dataCenter],
    apiKey: settings.api_key,
    identifier: settings.identifier,
    timeoutSeconds: settings.advanced.timeout_seconds,
    maxAttempts: settings.advanced.max_attempts,
    firstDelayMs: FIRST_DELAY_MS,
    userAgent,
    signal,
    onAnswer: metrics.answered,
    waits: createWaits({ service: "Iterable", tell: tellWaiting(context), now: context.now }),
  };
}

function liveFields(api: IterableApi, settings: Config, context: Context) {
  const { data_center: dataCenter, advanced } = settings;
  return api.fields().catch((error: unknown) => {
    if (advanced.base_url !== undefined) throw error;
    return explainDataCenter(error, dataCenter, async (other) => {
      const limits = ownLimits(context);
      const there = createApi({ ...apiOptions(settings, context, other), limits });
      await there.fields().finally(() => there.close());
    });
  });
}
