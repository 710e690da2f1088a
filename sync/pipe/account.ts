import type { Counts, Explanation, Requests, Side } from "../runs/events.js";
import type { Inventory, Wait } from "./analytics.js";
import type { ConnectorMessage } from "./connector-message.js";
import type { Ending } from "./flow.js";

/** What a run comes to, put together from what the two connectors say. */
export interface Account {
  take(by: Side, told: ConnectorMessage): void;
  readonly streams: Readonly<Record<string, Counts>>;
  readonly created: ReadonlySet<string>;
  readonly filtered: ReadonlySet<string>;
  readonly requests: readonly (Requests & { readonly by: Side })[];
  /** Contacts that released states confirm: delivered, or left alone on purpose. */
  readonly settled: number;
  readonly rejected: number;
  /** What is waited for at this moment, by either connector; the newest wait of several. */
  readonly waiting: Wait | undefined;
  readonly inventories: readonly Inventory[];
  /** Until when Flowcode lets nothing through, in ms since 1970; undefined where it does. */
  readonly heldUntil: number | undefined;
  /** Why the run failed; undefined where it did not. */
  explain(ending: Ending): Explanation | undefined;
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: a message is a case
export function createAccount(): Account {
  const streams = new Map<string, Counts>();
  const waits = new Map<string, Wait>();
  const inventories: Inventory[] = [];
  const created = new Set<string>();
  const filtered = new Set<string>();
  const requests: (Requests & { readonly by: Side })[] = [];
  const failures = new Map<Side, Explanation>();
  let settled = 0;
  let rejected = 0;
  let heldUntil: number | undefined;

  return {
    take(by, told) {
      switch (told.kind) {
        case "outcome":
          streams.set(told.stream, told.counts);
          return;
        case "state":
          settled += told.settled;
          rejected += told.rejected;
          return;
        case "status":
          heldUntil = told.heldUntil;
          return;
        case "created":
          for (const field of told.fields) created.add(field);
          return;
        case "left_out":
          for (const field of told.fields) filtered.add(field);
          return;
        case "waiting":
          waits.delete(`${by} ${told.waiting.for}`);
          waits.set(`${by} ${told.waiting.for}`, told.waiting);
          return;
        case "waited":
          waits.delete(`${by} ${told.for}`);
          return;
        case "inventory":
          inventories.push(told.inventory);
          return;
        case "requests":
          requests.push(...told.requests.map((each) => ({ by, ...each })));
          return;
        case "failed":
          failures.set(by, { by, message: told.message, failure_type: told.failureType });
          return;
        case "said":
        case "rejected":
          return;
      }
    },
    get streams() {
      return Object.fromEntries(streams);
    },
    get waiting() {
      return [...waits.values()].at(-1);
    },
    inventories,
    created,
    filtered,
    requests,
    get settled() {
      return settled;
    },
    get rejected() {
      return rejected;
    },
    get heldUntil() {
      return heldUntil;
    },
    explain({ source, destination, lastWords }) {
      const hasFailed = (exit: Ending["source"]) => exit !== undefined && exit.code !== 0;
      if (!hasFailed(source) && !hasFailed(destination)) return undefined;
      // The one that says why comes first, and of two the source: the destination only misses what it did not get.
      return (
        failures.get("source") ??
        failures.get("destination") ??
        (hasFailed(destination)
          ? died("destination", destination, lastWords.destination)
          : died("source", source, lastWords.source))
      );
    },
  };
}

/** What can be said of a connector that ended without a word of its own. */
function died(by: Side, exit: Ending["source"], lastWords: string): Explanation {
  const how = exit?.signal ? `was stopped by ${exit.signal}` : `ended with ${exit?.code}`;
  const message = `the ${by} ${how}${lastWords === "" ? " and said nothing" : `: ${lastWords}`}`;
  return { by, message, failure_type: exit?.signal ? "transient_error" : "system_error" };
}
