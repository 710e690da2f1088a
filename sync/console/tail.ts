import { constants, open } from "node:fs/promises";
import { codeOf } from "../errors.js";

/** A piece of a log is read at a time, in bytes. */
const PIECE_BYTES = 256 * 1024;

/** Whole lines of a log from a place on, and the place behind them. */
export interface Piece {
  readonly lines: readonly string[];
  /** The place of each line in bytes, in the same order. */
  readonly places: readonly number[];
  readonly next: number;
}

/**
 * Reads whole lines of a file from `from`, in bytes, as many as fit into one piece. An unfinished last line waits for the
 * next call; a line that is longer than a piece is passed over. A file that is gone has no lines.
 */
export async function readPiece(path: string, from: number): Promise<Piece> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (!file) return { lines: [], places: [], next: from };
  try {
    const buffer = Buffer.alloc(PIECE_BYTES);
    const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, from);
    return linesOf(buffer.subarray(0, bytesRead), from);
  } finally {
    await file.close();
  }
}

function linesOf(bytes: Buffer, from: number): Piece {
  const lines: string[] = [];
  const places: number[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    lines.push(bytes.toString("utf8", start, end));
    places.push(from + start);
    start = end + 1;
  }
  const isTooLong = start === 0 && bytes.length === PIECE_BYTES;
  return { lines, places, next: from + (isTooLong ? bytes.length : start) };
}
