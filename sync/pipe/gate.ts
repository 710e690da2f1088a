/** How a source begins the line of a record. */
const RECORD_LINE = '{"type":"RECORD"';
const RECORD = Buffer.from(RECORD_LINE);
const NEWLINE = 10;

/** Lets a source's lines through, whole, and counts its records. */
export interface Gate {
  /** What may go on of these bytes and of those that waited for the end of their line. */
  take(bytes: Buffer): Buffer;
  /** The unfinished line that the bytes have ended with. */
  rest(): Buffer;
  /** Records that were let through. */
  readonly read: number;
  /** Whether the limit is reached and another record has come: nothing is let through any more. */
  readonly isShut: boolean;
}

export interface GateOptions {
  /** The most records that are let through. */
  readonly limit?: number | undefined;
  /** Told every line that is not a record. True: it has arrived, and goes no further. */
  readonly onMessage: (line: string) => unknown;
  /** Told every record that is let through, where somebody wants to look at them. */
  readonly onRecord?: ((line: string) => void) | undefined;
}

export function createGate({ limit = Number.POSITIVE_INFINITY, onMessage, onRecord }: GateOptions): Gate {
  let waiting: Buffer[] = [];
  let read = 0;
  let isShut = false;

  const fateOf = (line: Buffer): "goes_on" | "stays" | "shuts" => {
    if (line.subarray(0, RECORD.length).equals(RECORD)) {
      if (read >= limit) return "shuts";
      read += 1;
      onRecord?.(line.toString());
      return "goes_on";
    }
    return onMessage(line.toString()) === true ? "stays" : "goes_on";
  };

  return {
    take(bytes) {
      if (isShut) return Buffer.alloc(0);
      if (!bytes.includes(NEWLINE)) {
        waiting.push(bytes);
        return Buffer.alloc(0);
      }
      const all = waiting.length > 0 ? Buffer.concat([...waiting, bytes]) : bytes;
      // Lines that stay are few: what is between them goes on as it came.
      const goingOn: Buffer[] = [];
      let from = 0;
      let start = 0;
      const passed = () =>
        goingOn.length === 0
          ? all.subarray(from, start)
          : Buffer.concat([...goingOn, all.subarray(from, start)]);
      for (let end = all.indexOf(NEWLINE, start); end >= 0; end = all.indexOf(NEWLINE, start)) {
        const fate = fateOf(all.subarray(start, end));
        if (fate === "shuts") {
          isShut = true;
          waiting = [];
          return passed();
        }
        if (fate === "stays") {
          goingOn.push(all.subarray(from, start));
          from = end + 1;
        }
        start = end + 1;
      }
      waiting = start < all.length ? [all.subarray(start)] : [];
      return passed();
    },
    rest() {
      const bytes = Buffer.concat(waiting);
      waiting = [];
      return bytes;
    },
    get read() {
      return read;
    },
    get isShut() {
      return isShut;
    },
  };
}
