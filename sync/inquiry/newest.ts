import { rowOn } from "../compare/row.js";
import type { Settings } from "../project/settings.js";

/** Keeps the newest of many records, as they stand on their lines. */
export interface Newest {
  take(line: string): void;
  /** The newest first. */
  lines(): readonly string[];
}

/** Holds at most twice as many records as are wanted. Those of which no time is known count as the oldest. */
export function createNewest(count: number, streams: Settings["streams"]): Newest {
  let held: { readonly line: string; readonly at: number }[] = [];
  let oldest = Number.NEGATIVE_INFINITY;
  const cut = () => {
    held = held.sort((a, b) => b.at - a.at).slice(0, count);
    if (held.length === count) oldest = held.at(-1)?.at ?? oldest;
  };
  return {
    take(line) {
      const at = rowOn(line, streams).changedAt ?? Number.NEGATIVE_INFINITY;
      if (held.length >= count && at < oldest) return;
      held.push({ line, at });
      if (held.length >= 2 * count) cut();
    },
    lines() {
      cut();
      return held.map(({ line }) => line);
    },
  };
}
