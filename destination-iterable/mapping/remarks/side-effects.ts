/** From this field Iterable works out a place by itself (help center, "User IP to location lookup"). */
const IP = "ip";

/** What writing a target does beside what it says; undefined for most. */
export function sideEffectOf(target: string): string | undefined {
  return target === IP
    ? "Iterable overwrites city, region, country and timeZone from it; map it to another name if that is not meant"
    : undefined;
}

/** The same of several targets, as warnings. */
export function sideEffectsOf(targets: readonly string[]): string[] {
  return [...new Set(targets)].flatMap((target) => {
    const effect = sideEffectOf(target);
    return effect === undefined ? [] : [`the target "${target}": ${effect}`];
  });
}
