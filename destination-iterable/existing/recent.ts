/** Remembers what was set last, and forgets the oldest. */
export interface Recent<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/**
 * Holds at most `size` entries and at least half as many. Kept in two generations, of which the older is dropped whole:
 * taking single entries out of the front of a Map costs more the more have been taken.
 */
export function createRecent<V>(size: number): Recent<V> {
  const half = Math.ceil(size / 2);
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value) {
      young.set(key, value);
      if (young.size < half) return;
      old = young;
      young = new Map();
    },
  };
}
