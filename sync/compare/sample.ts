import { createHmac } from "node:crypto";

/** Rows of a contact, in the order in which they came. */
export interface Sampled {
  /** What tells the contact apart in its stream. */
  readonly key: string;
  readonly rows: readonly string[];
}

/**
 * A sample of contacts out of a list of rows of unknown length, in which each contact has the same chance, however many
 * rows it has, and comes with all of them. Holds no more rows than those of twice as many.
 */
export interface Sample {
  take(key: string, row: string): void;
  readonly contacts: readonly Sampled[];
}

/** `secret` decides who is chosen: another one chooses others. */
export function createSample(size: number, secret: string): Sample {
  // Those with the lowest hashes stay: whoever is among them at the end has been so from the first row on.
  let chosen = new Map<string, Sampled & { readonly rank: string; readonly rows: string[] }>();
  let highest: string | undefined;
  const lowest = () => [...chosen.values()].sort((a, b) => (a.rank < b.rank ? -1 : 1)).slice(0, size);

  return {
    take(key, row) {
      const known = chosen.get(key);
      if (known) {
        known.rows.push(row);
        return;
      }
      const rank = createHmac("sha256", secret).update(key).digest("hex");
      if (highest !== undefined && rank > highest) return;
      chosen.set(key, { rank, key, rows: [row] });
      if (chosen.size < 2 * size) return;
      const kept = lowest();
      chosen = new Map(kept.map((one) => [one.key, one]));
      highest = kept.at(-1)?.rank;
    },
    get contacts() {
      return lowest();
    },
  };
}
