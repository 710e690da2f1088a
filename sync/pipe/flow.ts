import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Side } from "../runs/events.js";
import { type Connector, type Exit, startConnector } from "./connector.js";
import { type ConnectorMessage, parseConnectorMessage, statusLine } from "./connector-message.js";
import { createGate, type Gate } from "./gate.js";

/** How long the source gets to stop before the destination is asked to, in ms. */
const SOURCE_GRACE_MS = 1_000;
/** How long both get, in ms: docker kills after 10 s. */
const GRACE_MS = 9_500;

/** Where the lines come from that go to the destination. */
export interface FlowInput {
  /** Arguments of the source, or files with its lines, or these, in place of it, with the streams that they belong to. */
  readonly from:
    | { readonly args: readonly string[] }
    | { readonly files: readonly string[]; readonly streams: readonly string[] }
    | { readonly lines: AsyncIterable<Buffer>; readonly streams: readonly string[] };
  /** The most records that go on. */
  readonly limit: number | undefined;
}

export interface FlowOptions extends FlowInput {
  readonly node: string;
  /** Arguments of the destination. */
  readonly into: readonly string[];
  readonly now: () => number;
  /** Aborted: the source stops, then the destination, which still releases what is safe. */
  readonly signal: AbortSignal;
  /** Aborted: both are killed. */
  readonly force: AbortSignal;
  onStart(pids: readonly number[]): Promise<void>;
  onTold(by: Side, told: ConnectorMessage): void;
}

export interface Flow {
  /** Records that went to the destination. */
  readonly read: number;
  /** Resolves when both have ended. */
  readonly ended: Promise<Ending>;
}

/** How both ended. */
export interface Ending {
  /** Undefined where files took its place, and where it was stopped because the limit was reached. */
  readonly source: Exit | undefined;
  readonly destination: Exit;
  /** What the two printed for people at the end. */
  readonly lastWords: { readonly source: string; readonly destination: string };
}

/** Runs the source into the destination, as a shell's pipe does, and tells what both say on the way. */
export function startFlow(options: FlowOptions): Flow {
  const { node, from, into, onTold } = options;
  const started = new Set<string>();
  const gate = createGate({
    limit: options.limit,
    onMessage(line) {
      const told = parseConnectorMessage(line);
      if (told?.kind === "status" && told.status === "STARTED") started.add(told.stream);
      if (told && told.kind !== "state") onTold("source", told);
      // What is for people is told here; the destination would tell it once more.
      return told?.kind === "said" || told?.kind === "failed";
    },
  });
  const source = "args" in from ? startConnector(node, "source-flowcode", from.args) : undefined;
  const destination = startConnector(node, "destination-iterable", into);
  source?.stdin.end();
  // Listened to from the start: what a process prints is thrown away once it has ended, and its end is told but once.
  source?.stdout.on("readable", () => undefined);
  const printed = createInterface({ input: destination.stdout })[Symbol.asyncIterator]();

  const run = async (): Promise<Ending> => {
    const letGo = stopInOrder(options, source, destination);
    try {
      await options.onStart([source, destination].flatMap((one) => one?.pid ?? []));
      const input = "args" in from ? source?.stdout : linesOf(from, options.now);
      const piping = pipeline(
        input ?? Readable.from([]),
        (bytes: AsyncIterable<Buffer>) => through(bytes, gate, () => completions(started, options.now)),
        destination.stdin,
      ).then(
        () => gate.isShut && source?.stop(),
        () => source?.stop(), // Nobody takes its lines any more.
      );
      for await (const line of printed) {
        const told = parseConnectorMessage(line);
        if (told) onTold("destination", told);
      }
      await piping;
      const [sourceExit, destinationExit] = await Promise.all([source?.exit, destination.exit]);
      return {
        source: gate.isShut ? undefined : sourceExit,
        destination: destinationExit,
        lastWords: { source: source?.lastWords() ?? "", destination: destination.lastWords() },
      };
    } catch (error) {
      source?.kill();
      destination.kill();
      throw error;
    } finally {
      letGo();
    }
  };
  const ended = run();
  return {
    get read() {
      return gate.read;
    },
    ended,
  };
}

async function* through(
  bytes: AsyncIterable<Buffer>,
  gate: Gate,
  completions: () => string,
): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    yield gate.take(chunk);
    if (!gate.isShut) continue;
    // The streams have come as far as was asked for.
    yield Buffer.from(completions());
    return;
  }
  yield gate.rest();
}

function completions(streams: Iterable<string>, now: () => number): string {
  return [...streams].map((stream) => statusLine(stream, "COMPLETE", now())).join("");
}

/** What a source would print that brings exactly these lines. */
async function* linesOf(
  from: Exclude<FlowInput["from"], { readonly args: unknown }>,
  now: () => number,
): AsyncGenerator<Buffer> {
  const { streams } = from;
  for (const stream of streams) yield Buffer.from(statusLine(stream, "STARTED", now()));
  if ("lines" in from) yield* from.lines;
  else for (const file of from.files) yield* createReadStream(file);
  yield Buffer.from(completions(streams, now));
}

/** Stops the two when asked to. Returns what ends the waiting for it. */
function stopInOrder(
  { signal, force }: FlowOptions,
  source: Connector | undefined,
  destination: Connector,
): () => void {
  const timers: NodeJS.Timeout[] = [];
  const kill = () => {
    source?.kill();
    destination.kill();
  };
  const stop = () => {
    source?.stop();
    const next = () => destination.stop();
    if (source) void source.exit.then(next, next);
    timers.push(setTimeout(next, SOURCE_GRACE_MS), setTimeout(kill, GRACE_MS));
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  force.addEventListener("abort", kill, { once: true });
  return () => {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    force.removeEventListener("abort", kill);
  };
}
