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
  add(entry: Entry): void;
  clear(): void;
}

/** `keepBodies`: whether entries hold what was sent; a long run would fill the memory. */
export function createJournal(keepBodies: boolean): Journal {
  const entries: Entry[] = [];
  return {
    entries,
    count: (path, status) =>
      entries.filter((entry) => entry.path === path && (status === undefined || entry.status === status))
        .length,
    add: (entry) => void entries.push(keepBodies ? entry : { ...entry, body: undefined }),
    clear: () => void entries.splice(0),
  };
}
