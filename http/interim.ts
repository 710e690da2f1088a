import type { Socket } from "node:net";

/** Bytes of an interim answer; one that is longer is no answer. */
const MAX_INTERIM_BYTES = 16 * 1024;
const CONTINUE = "HTTP/1.x 100";
const END = "\r\n\r\n";
const NONE = Buffer.alloc(0);

/**
 * Passes over an unasked `100 Continue` before an answer, as every client has to (RFC 9110, 15.2.1). undici takes it
 * for a broken answer and ends the connection (`statusCode === 100` in its client-h1.js), so it is taken out of what is
 * read from the socket. Requests are not pipelined: what is read first after a request was written begins its answer.
 */
export function passOverContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isAtStart = true;
  /** What may be the beginning of an interim answer. */
  let held: Buffer = NONE;

  socket.write = (...args: unknown[]): boolean => {
    isAtStart = true;
    return write(...args);
  };
  socket.read = (size?: number): Buffer | null => {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (chunk === null || !isAtStart) return chunk;
      held = withoutContinue(held.length > 0 ? Buffer.concat([held, chunk]) : chunk);
      if (held.length > 0 && !mayBeContinue(held)) {
        const rest = held;
        held = NONE;
        isAtStart = false;
        return rest;
      }
      if (held.length > MAX_INTERIM_BYTES) {
        socket.destroy(new Error("an interim answer that does not end"));
        return null;
      }
    }
  };
}

/** The bytes behind every whole `100 Continue` at their beginning. */
function withoutContinue(bytes: Buffer): Buffer {
  let rest = bytes;
  while (rest.length >= CONTINUE.length && mayBeContinue(rest)) {
    const end = rest.indexOf(END);
    if (end === -1) return rest;
    rest = rest.subarray(end + END.length);
  }
  return rest;
}

/** Whether these are the first bytes of a `100 Continue`, or could become them. */
function mayBeContinue(bytes: Buffer): boolean {
  const wanted = Math.min(bytes.length, CONTINUE.length);
  for (let at = 0; at < wanted; at += 1) {
    if (CONTINUE[at] !== "x" && bytes[at] !== CONTINUE.charCodeAt(at)) return false;
  }
  return true;
}
