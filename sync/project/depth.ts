/** Levels that any JSON of ours has at most: settings have a dozen, and whoever reads them may be recursive. */
export const MOST_LEVELS = 50;

/** Whether a value out of JSON has more levels than these. */
export function isDeeper(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
