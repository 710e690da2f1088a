import { compilePath, type Pick } from "../paths.js";
import { isEmpty } from "../text.js";

/** Watches which of the fields that a mapping reads any record carries. */
export interface Carried {
  /** `compilePath`, for a path that is watched. */
  readonly compile: (path: string) => Pick;
  /** Paths that were looked for, and for which no record had a value. */
  missing(): string[];
  /** Goes on from what the watch of the same stream's earlier mapping has met. */
  goOnFrom(earlier: Carried): void;
  readonly paths: ReadonlyMap<string, Watched>;
}

export interface Watched {
  wasAsked: boolean;
  wasFound: boolean;
}

export function createCarried(): Carried {
  const paths = new Map<string, Watched>();
  const watchedAt = (path: string): Watched => {
    const known = paths.get(path);
    if (known) return known;
    const watched = { wasAsked: false, wasFound: false };
    paths.set(path, watched);
    return watched;
  };
  return {
    paths,
    compile(path) {
      const pick = compilePath(path);
      const watched = watchedAt(path);
      return (record) => {
        const found = pick(record);
        if (!watched.wasFound) {
          watched.wasAsked = true;
          watched.wasFound = found !== undefined && !isEmpty(found.value);
        }
        return found;
      };
    },
    missing: () =>
      [...paths].filter(([, { wasAsked, wasFound }]) => wasAsked && !wasFound).map(([path]) => path),
    goOnFrom(earlier) {
      for (const [path, { wasAsked, wasFound }] of earlier.paths) {
        const watched = paths.get(path);
        if (!watched) continue;
        watched.wasAsked ||= wasAsked;
        watched.wasFound ||= wasFound;
      }
    },
  };
}
