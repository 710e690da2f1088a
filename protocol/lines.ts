import { isUtf8 } from "node:buffer";
import type { Writable } from "node:stream";

/** The longest line that is read: above Airbyte's 20 MB warning and Meltano's 50 MiB limit. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** As much may wait to be written before a writer's callers should pause for a reader that has stopped. */
const WAITING_CHARS = 1024 * 1024;

/** Small writes are gathered up to this size: one system call instead of hundreds. */
const WRITE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  readonly text: string;
  /** False for the last line of an input that ended without a newline. */
  readonly terminated: boolean;
}

/** The input is not lines of UTF-8 text of a bearable length. Names the line, never its content. */
export class InvalidLine extends Error {
  override readonly name = "InvalidLine";
  constructor(
    readonly line: number,
    problem: string,
  ) {
    super(`line ${line} ${problem}`);
  }
}

/**
 * Cuts bytes into lines, a chunk's worth at a time. Reads no further than its consumer has taken.
 * Blank lines, a leading byte order mark and carriage returns before a newline are passed over.
 * Throws InvalidLine at a line that is not UTF-8 or longer than `maxBytes`, after the lines before it.
 */
export async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<Line[]> {
  let number = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;

  const finish = (bytes: Buffer, terminated: boolean): Line | undefined => {
    number += 1;
    let line = bytes;
    if (number === 1 && line.subarray(0, 3).equals(BYTE_ORDER_MARK)) line = line.subarray(3);
    if (line.at(-1) === 0x0d) line = line.subarray(0, -1);
    if (line.length > maxBytes) throw tooLong(number, maxBytes);
    if (!isUtf8(line)) throw new InvalidLine(number, "is not valid UTF-8: the sender must write UTF-8");
    const text = line.toString("utf8");
    return text.trim() === "" ? undefined : { number, text, terminated };
  };

  for await (const piece of input) {
    const chunk =
      typeof piece === "string"
        ? Buffer.from(piece)
        : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const lines: Line[] = [];
    let start = 0;
    try {
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        const part = chunk.subarray(start, end);
        const line = finish(rest.length === 0 ? part : Buffer.concat([...rest, part]), true);
        if (line) lines.push(line);
        rest = [];
        restBytes = 0;
        start = end + 1;
      }
    } finally {
      if (lines.length > 0) yield lines;
    }
    if (start < chunk.length) {
      rest.push(chunk.subarray(start));
      restBytes += chunk.length - start;
      if (restBytes > maxBytes + BYTE_ORDER_MARK.length) throw tooLong(number + 1, maxBytes);
    }
  }
  if (restBytes > 0) {
    const line = finish(Buffer.concat(rest), false);
    if (line) yield [line];
  }
}

function tooLong(number: number, maxBytes: number): InvalidLine {
  return new InvalidLine(
    number,
    `is longer than ${Math.floor(maxBytes / 1024 / 1024)} MB: the sender must split it`,
  );
}

/** Writes lines to one stream in order, and tells its callers when to wait. */
export interface LineWriter {
  /** Queues a line. Returns a promise to await where the reader is slower than the writer. */
  write(line: string): Promise<void> | undefined;
  /** Resolves when everything queued has been handed to the operating system. */
  flush(): Promise<void>;
  /** A promise to await where more than a megabyte waits for the reader; undefined where there is room. */
  room(): Promise<void> | undefined;
  /** True once the reader has gone away; what is written from then on is dropped. */
  readonly closed: boolean;
}

/**
 * A writer that gathers lines and respects the stream's backpressure. When the reader closes the pipe it goes
 * quiet, since there is nobody left to tell; any other failure rejects the pending write.
 */
export function createLineWriter(stream: Writable): LineWriter {
  let buffered: string[] = [];
  let bufferedChars = 0;
  let waitingChars = 0;
  let tail: Promise<void> = Promise.resolve();
  let closed = false;
  let failure: Error | undefined;

  const fail = (error: NodeJS.ErrnoException): void => {
    closed = true;
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") failure ??= error;
  };
  stream.on("error", fail);
  stream.on("close", () => {
    closed = true;
  });

  const push = (): Promise<void> => {
    const text = buffered.join("");
    buffered = [];
    bufferedChars = 0;
    waitingChars += text.length;
    tail = tail.then(
      () =>
        new Promise<void>((resolve, reject) => {
          waitingChars -= closed ? text.length : 0;
          if (closed) return failure ? reject(failure) : resolve();
          stream.write(text, (error) => {
            waitingChars -= text.length;
            // Told here before the event "error" is.
            if (error) fail(error);
            return failure ? reject(failure) : resolve();
          });
        }),
    );
    tail.catch(() => undefined);
    return tail;
  };

  return {
    write(line) {
      if (closed && !failure) return undefined;
      buffered.push(line, "\n");
      bufferedChars += line.length + 1;
      return bufferedChars >= WRITE_BYTES ? push() : undefined;
    },
    flush: () => (bufferedChars > 0 ? push() : tail),
    room: () => (waitingChars > WAITING_CHARS ? tail : undefined),
    get closed() {
      return closed;
    },
  };
}
