/** All of them with another one at that place; with none, without it. */
export function withOne<T>(all: readonly T[], at: number, next: T | undefined): T[] {
  return all.flatMap((one, index) => (index !== at ? [one] : next ? [next] : []));
}
