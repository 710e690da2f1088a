import { type FileHandle, open, stat } from "node:fs/promises";
import { MAX_LINE_BYTES } from "../protocol/lines.js";
import { createStateScan, InvalidState, parseState, type SavedState } from "../protocol/state.js";
import { readText, unreadable } from "./files.js";

/** Files up to this size are read whole, in any of their forms. */
const WHOLE_BYTES = 4 * 1024 * 1024;
/** Larger ones are read from their end in pieces of this size: they are the lines that runs have appended. */
const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/**
 * What the file of `--state` says of these streams; without a file, nothing. A long file is read from its end, no
 * further than needed. Throws ConfigError and InvalidState.
 */
export async function readState(path: string | undefined, wanted: readonly string[]): Promise<SavedState> {
  if (path === undefined) return parseState("");
  const { size } = await stat(path).catch((error: unknown) => {
    throw unreadable(path, "state", error);
  });
  if (size <= WHOLE_BYTES) return parseState(await readText(path, "state"));
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, "state", error);
  });
  try {
    const scan = createStateScan(wanted);
    for await (const line of linesFromEnd(file, size)) if (scan.take(line)) break;
    return scan.saved();
  } finally {
    await file.close();
  }
}

/** The lines of a file, the last one first. What is held is one line and one block. */
async function* linesFromEnd(file: FileHandle, size: number): AsyncGenerator<string> {
  /** The pieces of a line whose beginning has not come, the last one first. */
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (): string => {
    const line = Buffer.concat(pieces.reverse()).toString("utf8");
    pieces = [];
    bytes = 0;
    return line;
  };
  for (let end = size; end > 0; end -= BLOCK_BYTES) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    let until = buffer.length;
    for (
      let at = buffer.lastIndexOf(NEWLINE);
      at !== -1;
      at = at > 0 ? buffer.lastIndexOf(NEWLINE, at - 1) : -1
    ) {
      pieces.push(buffer.subarray(at + 1, until));
      yield take();
      until = at;
    }
    pieces.push(buffer.subarray(0, until));
    bytes += until;
    if (bytes > MAX_LINE_BYTES)
      throw new InvalidState("the state has a line that is longer than any state is");
  }
  yield take();
}
