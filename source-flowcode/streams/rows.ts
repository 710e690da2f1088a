import type { JsonObject } from "../../protocol/message.js";
import { explainFault, isBroken } from "../flowcode/attempts.js";
import type { Page, PageInfo } from "../flowcode/page.js";
import { numericHash } from "./fingerprint.js";

const FIRST_PAUSE_MS = 500;

/**
 * The rows of a page that is too large to hold, each once. Where the answer breaks, the page is asked for `again`, and
 * the rows that were already given are passed over by what they hold, not by their number: the list may have moved.
 * Returns what the page says about the next one.
 */
export async function* streamRows(
  first: Page,
  again: () => Promise<Page>,
  patience: { readonly attempts: number; pause(ms: number): void; onBroken(error: unknown): void },
): AsyncGenerator<readonly JsonObject[], PageInfo> {
  const given = createHashList();
  let page = first;
  for (let attempt = 1; ; attempt += 1) {
    const isGiven = given.snapshot();
    const rows = page.kind === "streamed" ? page.rows : wholeRows(page);
    try {
      for (;;) {
        const { done, value } = await rows.next();
        if (done) return value;
        const fresh = value.filter((row) => {
          const hash = numericHash(row);
          if (isGiven(hash)) return false;
          given.push(hash);
          return true;
        });
        if (fresh.length > 0) yield fresh;
      }
    } catch (error) {
      if (!isBroken(error)) throw error;
      patience.onBroken(error);
      if (attempt >= patience.attempts) throw explainFault(error);
    } finally {
      await rows.return({ endCursor: undefined, hasNextPage: undefined });
    }
    patience.pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    page = await again();
  }
}

async function* wholeRows(page: Extract<Page, { kind: "whole" }>) {
  yield page.rows;
  return page.info;
}

/** Hashes are kept in pieces of so many: a list that doubled would take three times its size while it is copied. */
const PIECE = 16_384;

/** Numbers that are only looked up after a failure: eight bytes each, whatever their count. */
function createHashList() {
  const pieces: Float64Array[] = [];
  let length = 0;
  return {
    push(hash: number) {
      if (length % PIECE === 0) pieces.push(new Float64Array(PIECE));
      (pieces.at(-1) as Float64Array)[length % PIECE] = hash;
      length += 1;
    },
    /** Tells of a number whether it was there when the snapshot was taken. */
    snapshot(): (hash: number) => boolean {
      const sorted = new Float64Array(pieces.length * PIECE).fill(Number.POSITIVE_INFINITY);
      for (const [index, piece] of pieces.entries()) {
        sorted.set(piece.subarray(0, length - index * PIECE), index * PIECE);
      }
      sorted.sort();
      return (hash) => {
        let low = 0;
        let high = length;
        while (low < high) {
          const middle = (low + high) >>> 1;
          if ((sorted[middle] as number) < hash) low = middle + 1;
          else high = middle;
        }
        return low < length && sorted[low] === hash;
      };
    },
  };
}
