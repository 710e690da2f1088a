/**
 * The one of `names` that somebody who typed `typed` most likely meant: the same but for case and punctuation, or at
 * most two slips away (one for short names). Undefined where nothing is near.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const bare = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const wanted = bare(typed);
  const allowed = wanted.length > 4 ? 2 : 1;
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(wanted, bare(name), allowed);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { name, distance };
  }
  return best?.name;
}

/**
 * Insertions, deletions, substitutions, and swaps of neighbours from `a` to `b`; anything above `limit` may come out as
 * infinite.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swap = isSwap ? (beforePrevious[column - 2] ?? Number.POSITIVE_INFINITY) + 1 : substitution;
      current.push(
        Math.min(substitution, swap, (previous[column] as number) + 1, (current[column - 1] as number) + 1),
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
