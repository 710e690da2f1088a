/** Names shown in a remark. */
const MAX_NAMES = 20;

/** The first of many names, and how many more there are. */
export function firstOf(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
