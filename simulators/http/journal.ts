/** One request as it was answered. */
export interface Entry {
  /** By the simulator's clock, in ms since 1970. */
  readonly at: number;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Undefined where the connection was cut instead. */
  readonly status: number | undefined;
  readonly bytes: number;
  /** The parsed body; undefined where bodies are not kept. */
  readonly body: unknown;
}

/** What a simulator has been asked, in the order of its answers. */
export interface Journal {
  readonly entries: readonly Entry[];
  /** How many requests for a path there were; with a status, how many were answered so. */
  count(path: string, status?: number): number;
  /** How many requests there were, by path and status; `cut` where there was no answer. */
  counts(): Record<string, Record<string, number>>;
  /** Resolves when so many requests for a path have been decided on, before the last of them is answered. */
  reached(path: string, count: number): Promise<void>;
  add(entry: Entry): void;
  clear(): void;
}

/** `keepBodies`: whether entries hold what was sent; a long run would fill the memory. */
export function createJournal(keepBodies: boolean): Journal {
  const entries: Entry[] = [];
  const waiting = new Set<() => void>();
  const count = (path: string, status?: number) =>
    entries.filter((entry) => entry.path === path && (status === undefined || entry.status === status))
      .length;
  return {
    entries,
    count,
    counts() {
      const found: Record<string, Record<string, number>> = {};
      for (const { path, status } of entries) {
        found[path] ??= {};
        const statuses = found[path] as Record<string, number>;
        statuses[status ?? "cut"] = (statuses[status ?? "cut"] ?? 0) + 1;
      }
      return found;
    },
    reached: (path, wanted) =>
      new Promise((resolve) => {
        const look = () => {
          if (count(path) < wanted) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    add(entry) {
      entries.push(keepBodies ? entry : { ...entry, body: undefined });
      for (const look of waiting) look();
    },
    clear: () => void entries.splice(0),
  };
}
