import { Unusable } from "../errors.js";
import { startConnector } from "./connector.js";
import { parseConnectorMessage } from "./connector-message.js";
import { createGate } from "./gate.js";

export interface Reading {
  readonly node: string;
  /** What `read` of the source is started with. */
  readonly args: readonly string[];
  /** The most records that are read. */
  readonly limit?: number | undefined;
  /** Told the line of every record. */
  readonly onRecord: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads the source to its end, or to the limit, into nothing but `onRecord`. Resolves with the number of records.
 * Throws Unusable with what the source says where it fails.
 */
export async function readThrough({ node, args, limit, onRecord, signal }: Reading): Promise<number> {
  let failure: string | undefined;
  const gate = createGate({
    limit,
    onRecord,
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
      if (gate.isShut) break;
    }
    stop();
    const { code } = await source.exit;
    signal.throwIfAborted();
    if (code !== 0 && !gate.isShut) throw new Unusable(failure ?? source.lastWords());
    return gate.read;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
