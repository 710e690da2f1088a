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

/** Cursors that are remembered, in characters. Beyond, a repetition is found by the marks that are set ever farther apart. */
const MOST_CHARACTERS = 4_000_000;

/** Remembers which cursors were followed. Whoever goes round in circles, however large, comes by again (R. Brent's mark). */
function createTrail() {
  const followed = new Set<string>();
  let characters = 0;
  let mark: string | undefined;
  let steps = 0;
  let next = 1;
  return {
    has: (cursor: string) => cursor === mark || followed.has(cursor),
    add(cursor: string) {
      if (characters + cursor.length <= MOST_CHARACTERS) {
        characters += cursor.length;
        followed.add(cursor);
        return;
      }
      steps += 1;
      if (steps < next) return;
      mark = cursor;
      steps = 0;
      next *= 2;
    },
  };
}

/** `after` is where a resumed pass begins. */
export function createPaging(after: string | undefined): Paging {
  const followed = createTrail();
  if (after !== undefined) followed.add(after);
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
