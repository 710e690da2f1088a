import { Unusable } from "../errors.js";
import { startConnector } from "./connector.js";
import { parseConnectorMessage } from "./connector-message.js";
import { createGate } from "./gate.js";

/** What is to be read of the source. */
export interface Reading {
  readonly node: string;
  /** What `read` of the source is started with. */
  readonly args: readonly string[];
  /** The most records that are read. */
  readonly limit?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * The lines of the source's records, to its end or to the limit, read no faster than they are taken. Throws Unusable with
 * what the source says where it fails.
 */
export async function* recordsOf({ node, args, limit, signal }: Reading): AsyncGenerator<string> {
  let failure: string | undefined;
  let lines: string[] = [];
  const gate = createGate({
    limit,
    onRecord: (line) => lines.push(line),
    onMessage(line) {
      const told = parseConnectorMessage(line);
      if (told?.kind === "failed") failure ??= told.message;
    },
  });
  const source = startConnector(node, "source-flowcode", ["read", ...args]);
  source.stdin.end();
  const stop = () => source.stop();
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const bytes of source.stdout) {
      gate.take(bytes);
      yield* lines;
      lines = [];
      if (gate.isShut) break;
    }
    stop();
    const { code } = await source.exit;
    signal.throwIfAborted();
    if (code !== 0 && !gate.isShut) throw new Unusable(failure ?? source.lastWords());
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
  }
}

/** Reads the same into nothing but `onRecord`. Resolves with the number of records. */
export async function readThrough({
  onRecord,
  ...reading
}: Reading & { readonly onRecord: (line: string) => void }): Promise<number> {
  let read = 0;
  for await (const line of recordsOf(reading)) {
    read += 1;
    onRecord(line);
  }
  return read;
}
