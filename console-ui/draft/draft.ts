import type { Configuration, Settings } from "../wire.js";

/** The settings with another value at a place; undefined takes the place out. Nothing of what is given is changed. */
export function withValue(settings: Settings, path: readonly string[], value: unknown): Settings {
  return changed(settings, path, value) as Settings;
}

function changed(
  node: Configuration,
  [name = "", ...rest]: readonly string[],
  value: unknown,
): Configuration {
  if (rest.length > 0) {
    const below = node[name];
    const child = typeof below === "object" && below !== null ? (below as Configuration) : {};
    return { ...node, [name]: changed(child, rest, value) };
  }
  if (value !== undefined) return { ...node, [name]: value };
  const { [name]: _gone, ...others } = node;
  return others;
}

/** The value at a place; undefined where there is none. */
export function valueAt(settings: Settings, path: readonly string[]): unknown {
  let node: unknown = settings;
  for (const name of path) node = (node as Configuration | undefined)?.[name];
  return node;
}

/** How many settings differ, each mapping entry by itself. */
export function changesBetween(saved: unknown, draft: unknown): number {
  if (Object.is(saved, draft)) return 0;
  if (Array.isArray(saved) && Array.isArray(draft)) {
    const texts = new Set(saved.map((one) => JSON.stringify(one)));
    const others = draft.filter((one) => !texts.has(JSON.stringify(one))).length;
    return Math.max(others, saved.length - draft.length + others);
  }
  if (isObject(saved) && isObject(draft)) {
    const names = new Set([...Object.keys(saved), ...Object.keys(draft)]);
    return [...names].reduce((sum, name) => sum + changesBetween(saved[name], draft[name]), 0);
  }
  // A mapping that was not written out before, or is not any more, counts as one change.
  return 1;
}

function isObject(value: unknown): value is Configuration {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A draft on top of settings that somebody else has saved meanwhile: what differs between `base` and `mine` wins, and
 * everything else is as it is saved now.
 */
export function rebased(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (changesBetween(base, mine) === 0) return theirs;
  if (!isObject(base) || !isObject(mine) || !isObject(theirs)) return mine;
  const names = new Set([...Object.keys(theirs), ...Object.keys(mine), ...Object.keys(base)]);
  const all = [...names].map((name) => [name, rebased(base[name], mine[name], theirs[name])] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** The draft without the secrets that were typed: these are kept nowhere but in the form. */
export function withoutTyped(draft: Settings, saved: Settings): Settings {
  return SECRETS.reduce((all, path) => {
    return typeof valueAt(draft, path) === "string" ? withValue(all, path, valueAt(saved, path)) : all;
  }, draft);
}

export function hasTypedSecret(draft: Settings): boolean {
  return SECRETS.some((path) => typeof valueAt(draft, path) === "string");
}

const SECRETS = [
  ["source", "credentials", "client_secret"],
  ["source", "credentials", "api_key"],
  ["destination", "api_key"],
] as const;
