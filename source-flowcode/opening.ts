import type { Context } from "../connector/connector.js";
import { tellWaiting } from "../connector/reporting/waiting.js";
import { withoutSlash } from "../http/addresses.js";
import { createWaits } from "../http/waits.js";
import type { Config } from "./config.js";
import { createApi, type FlowcodeApi } from "./flowcode/api.js";
import { scopeHash } from "./streams/fingerprint.js";
import type { PassSettings } from "./streams/pass-state.js";
import { toFilter } from "./streams/passes.js";
import { createTally, type Tally } from "./tally.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** What the settings say about the passes over the contacts. */
export function passSettings({ advanced, ...settings }: Config): PassSettings {
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

/** The API that the settings lead to. Whoever opens it closes it. */
export function openApi({ advanced, ...settings }: Config, context: Context, tally: Tally): FlowcodeApi {
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
    onAnswer: context.metrics.answered,
    waits: createWaits({ service: "Flowcode", tell: tellWaiting(context), now: context.now }),
    tally,
  });
}

/** Opens the API for some work that looks and does not read on. */
export async function withApi<T>(
  settings: Config,
  context: Context,
  work: (api: FlowcodeApi) => Promise<T>,
): Promise<T> {
  const api = openApi(settings, context, createTally(context));
  try {
    return await work(api);
  } finally {
    await api.close();
  }
}
