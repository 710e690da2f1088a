import { pointerTo } from "../project/pointer.js";

/** A setting that differs between two versions of a project. A value that is missing stands for a setting that is not there. */
export interface Difference {
  /** Its place, as a JSON pointer. */
  readonly at: string;
  readonly saved?: unknown;
  readonly yours?: unknown;
}

type Tree = Readonly<Record<string, unknown>>;

/** What differs, setting by setting; lists are compared as wholes, since their order may mean something. */
export function differences(saved: unknown, yours: unknown, at = ""): Difference[] {
  if (isTree(saved) && isTree(yours)) {
    const names = new Set([...Object.keys(saved), ...Object.keys(yours)]);
    return [...names].flatMap((name) => differences(saved[name], yours[name], `${at}${pointerTo([name])}`));
  }
  if (JSON.stringify(saved) === JSON.stringify(yours)) return [];
  return [{ at, ...(saved !== undefined && { saved }), ...(yours !== undefined && { yours }) }];
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
