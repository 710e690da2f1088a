import { isAscii, isUtf8 } from "node:buffer";
import type { Writable } from "node:stream";

/** The longest line that is read: above Airbyte's 20 MB warning and Meltano's 50 MiB limit. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** As much may wait to be written before a writer's callers should pause for a reader that has stopped. */
const WAITING_CHARS = 1024 * 1024;

/** Small writes are gathered up to this size: one system call instead of hundreds. */
const WRITE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BRACE = 0x7b;
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

  /** The line from `start` up to `end`; undefined where it is blank. */
  const cut = (bytes: Buffer, start: number, end: number, encoding: Encoding, terminated = true) => {
    number += 1;
    const from = number === 1 && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : start;
    const to = end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (to - from > maxBytes) throw tooLong(number, maxBytes);
    if (encoding === undefined && !isUtf8(bytes.subarray(from, to)))
      throw new InvalidLine(number, "is not valid UTF-8: the sender must write UTF-8");
    const text = bytes.toString(encoding ?? "utf8", from, to);
    return isBlank(text) ? undefined : { number, text, terminated };
  };

  for await (const piece of input) {
    const chunk =
      typeof piece === "string"
        ? Buffer.from(piece)
        : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const lines: Line[] = [];
    const add = (line: Line | undefined) => void (line && lines.push(line));
    let start = 0;
    try {
      const last = chunk.lastIndexOf(NEWLINE);
      if (last !== -1 && restBytes > 0) {
        const end = chunk.indexOf(NEWLINE);
        const line = Buffer.concat([...rest, chunk.subarray(0, end)]);
        rest = [];
        restBytes = 0;
        start = end + 1;
        add(cut(line, 0, line.length, undefined));
      }
      // One look at all lines of a chunk costs a fraction of one at each.
      const encoding = encodingOf(chunk.subarray(start, last + 1));
      while (start <= last) {
        const end = chunk.indexOf(NEWLINE, start);
        add(cut(chunk, start, end, encoding));
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
    const line = cut(Buffer.concat(rest), 0, restBytes, undefined, false);
    if (line) yield [line];
  }
}

/** What reads the bytes fastest; undefined where they are not UTF-8. */
type Encoding = "latin1" | "utf8" | undefined;

function encodingOf(bytes: Buffer): Encoding {
  if (isAscii(bytes)) return "latin1";
  return isUtf8(bytes) ? "utf8" : undefined;
}

function startsWithMark(bytes: Buffer): boolean {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
}

/** Every message begins with a brace: only what does not is looked at as a whole. */
function isBlank(text: string): boolean {
  return text.charCodeAt(0) !== BRACE && text.trim() === "";
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
