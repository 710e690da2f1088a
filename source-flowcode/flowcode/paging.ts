import type { Counted } from "../tally.js";
import type { PageInfo } from "./page.js";

export type Step =
  | { readonly kind: "next"; readonly after: string }
  | { readonly kind: "end"; readonly suspicion?: Counted }
  | { readonly kind: "broken"; readonly suspicion: Counted; readonly problem: string };

/** Follows the cursors of one pass. */
export interface Paging {
  /** What comes after a page with this info and so many rows. */
  step(info: PageInfo, rows: number): Step;
}

/** `after` is where a resumed pass begins. */
export function createPaging(after: string | undefined): Paging {
  const followed = new Set(after === undefined ? [] : [after]);
  let announced = false;
  return {
    step({ endCursor, hasNextPage }, rows) {
      if (hasNextPage === false) return { kind: "end" };
      const isNew = endCursor !== undefined && !followed.has(endCursor);
      if (hasNextPage === undefined) {
        // ProtoJSON leaves out a false: once a page has said true, its absence is that. Where no page ever said
        // anything, the field may not exist, and only an empty page or an old cursor is the end.
        if (!announced && rows > 0 && endCursor !== undefined && !isNew) {
          return { kind: "end", suspicion: "repeated_cursor" };
        }
        if (announced || !isNew || rows === 0) return { kind: "end" };
      } else {
        announced = true;
        if (endCursor === undefined) {
          return {
            kind: "broken",
            suspicion: "missing_cursor",
            problem: "Flowcode announced another page without saying where it begins",
          };
        }
        if (!isNew) {
          return {
            kind: "broken",
            suspicion: "repeated_cursor",
            problem: "Flowcode announced a next page that it had already sent",
          };
        }
      }
      followed.add(endCursor as string);
      return { kind: "next", after: endCursor as string };
    },
  };
}
