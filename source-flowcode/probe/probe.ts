import type { Context, Finding, Inspection } from "../../connector/connector.js";
import { ConfigError, messageOf } from "../../connector/errors.js";
import { clockWarning } from "../check.js";
import type { Config } from "../config.js";
import type { FlowcodeApi } from "../flowcode/api.js";
import { CursorRefused, ExtrasRefused } from "../flowcode/attempts.js";
import { sampleRows } from "../flowcode/sample.js";
import { withApi } from "../opening.js";
import { contactKey } from "../streams/contacts.js";
import {
  type Assumption,
  judgeDescending,
  judgeFilter,
  judgeFilterPlace,
  judgeOrder,
  judgePageSize,
  judgePaging,
  latestOf,
  middleOf,
} from "./assumptions.js";
import { fieldsSeen } from "./fields-seen.js";
import { type Look, look, rowsOf } from "./look.js";
import { probeText } from "./text.js";

/** Enough to judge by, and a matter of seconds. */
const MOST = { rows: 1000, pages: 20 };
const PAGE_SIZE = 2;

/** Finds out which of the assumptions about Flowcode's API hold for a workspace. Only lists; changes nothing. */
export const probe: Inspection<Config> = {
  verb: "probe",
  describe: "Tell which unverified assumptions about Flowcode's API hold for this workspace",
  takesCatalog: false,
  run(settings, _streams, context) {
    return withApi(settings, context, (api) => inspect(api, settings, context));
  },
};

async function inspect(api: FlowcodeApi, { advanced }: Config, context: Context): Promise<Finding> {
  const { signal, now } = context;
  const ask = (request: Partial<Parameters<typeof look>[1]>) =>
    look(api, { since: null, ...request }, MOST, signal);
  const all = await ask({});
  const rows = rowsOf(all);
  const since = middleOf(rows);
  const filtered = since === undefined ? undefined : await orRefused(ask({ since }));
  const topLevel =
    since === undefined ? undefined : await orRefused(ask({ since, filterPlace: "top_level" }));
  const small = await orRefused(
    look(api, { since: null, pageSize: PAGE_SIZE }, { rows: 1, pages: 1 }, signal),
  );
  const byTime = await orRefused(ask({ orderBy: "lastConvertedAt" }));
  const fromEnd = await orRefused(
    look(api, { since: null, descending: true }, { rows: 100, pages: 1 }, signal),
  );
  const orders = [judgeOrder("lastConvertedAt", byTime)];
  if (advanced.contacts_order_by !== "lastConvertedAt") {
    orders.unshift(judgeOrder(advanced.contacts_order_by, all));
  }
  const isEnded = (found: Look | undefined) => found && found.end !== "more";
  const latest = latestOf(rows);
  const ended =
    [all, filtered, byTime].find(isEnded) ??
    (latest === undefined ? undefined : await orRefused(ask({ since: latest }))) ??
    all;
  const assumptions = [
    ...orders.map((order) => advise(order, orders, advanced.contacts_order_by)),
    judgeDescending(all, fromEnd),
    ...judgeFilter(since, all, filtered),
    judgeFilterPlace(since, filtered, topLevel),
    judgePageSize(PAGE_SIZE, all, small),
    judgePaging(ended),
    await judgeFlows(api, signal),
    ...judgeClock(all, now()),
  ];
  const anonymous = rows.filter(
    (row) => contactKey((row.user ?? {}) as Record<string, unknown>) === undefined,
  );
  const report = {
    contacts: rows.length,
    anonymous: anonymous.length,
    assumptions,
    fields: fieldsSeen(rows),
  };
  return { text: probeText(report), json: report, problem: undefined };
}

/** A refusal of something out of the usual is a finding; everything else ends the probe. */
async function orRefused(work: Promise<Look>): Promise<Look | undefined> {
  return work.catch((error: unknown) => {
    const kinds = [ConfigError, CursorRefused, ExtrasRefused];
    if (kinds.some((kind) => error instanceof kind)) return undefined;
    throw error;
  });
}

function advise(order: Assumption, orders: readonly Assumption[], configured: string): Assumption {
  const isConfigured = order.id === `order_by_${configured}`;
  const other = orders.find(({ id, verdict }) => id !== order.id && verdict === "holds");
  if (isConfigured && order.verdict === "fails") {
    const advice = other
      ? `set advanced.contacts_order_by to ${other.id.replace("order_by_", "")}`
      : "set full_pass_days to 1, so that every day a pass looks at every contact: pages may skip some while the list changes";
    return { ...order, advice };
  }
  if (!isConfigured && order.verdict === "holds") {
    const advice =
      "advanced.contacts_order_by may be set to lastConvertedAt: who converts during a run then comes at its end";
    return { ...order, advice };
  }
  return order;
}

async function judgeFlows(api: FlowcodeApi, signal: AbortSignal): Promise<Assumption> {
  const claim = { id: "flows_listed", claim: "Flows can be listed" };
  try {
    const { rows } = await sampleRows(
      (after) => api.listFlows(after, signal),
      MOST.rows,
      () => undefined,
    );
    return { ...claim, verdict: "holds", seen: `${rows} flows` };
  } catch (error) {
    signal.throwIfAborted();
    return { ...claim, verdict: "fails", seen: messageOf(error), advice: "leave the stream flows out" };
  }
}

function judgeClock({ serverTime }: Look, now: number): Assumption[] {
  if (serverTime === undefined) return [];
  const warning = clockWarning(now, serverTime);
  const claim = { id: "clocks_agree", claim: "This machine's clock and Flowcode's agree" };
  return [
    warning
      ? { ...claim, verdict: "fails", seen: warning, advice: "set this machine's clock" }
      : {
          ...claim,
          verdict: "holds",
          seen: `${Math.round(Math.abs(serverTime - now) / 1000)} seconds apart`,
        },
  ];
}
