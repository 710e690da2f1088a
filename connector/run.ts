import { createReadStream } from "node:fs";
import { constants } from "node:os";
import { createLineWriter, type LineWriter, readLines } from "../protocol/lines.js";
import type { Codec, Message } from "../protocol/message.js";
import type { AnyConnector, Context, DestinationInput } from "./connector.js";
import { failureType, isExplained, messageOf } from "./errors.js";
import { readConfig, unreadable } from "./files.js";
import type { Explanation, Invocation } from "./invocation.js";
import { growNewSpace } from "./memory.js";
import type { Process } from "./process.js";
import { harmless } from "./reporting/harmless.js";
import { createLog, redactor } from "./reporting/log.js";
import { createMeter, type Meter } from "./reporting/metrics.js";
import type { Reporter } from "./reporting/reporter.js";
import { reporterFor } from "./reporting/reporter-for.js";
import { derivedSpecification } from "./specification.js";
import { version } from "./version.js";

/** How long work under way may take to finish after a signal, in ms; Kubernetes and docker kill after 10 s. */
const GRACE_MS = 8_000;

/** How often what is counted is told, in ms (singer-python's own interval). */
const METRICS_MS = 60_000;

/** How long a line may wait for others to be written with it, in ms: somebody may be watching. */
const FLUSH_MS = 1_000;

/**
 * Runs a connector as this process: reads its arguments, does what they ask, and ends the process. What a command does
 * not need is not loaded: orchestrators start `spec` far more often than anything is read.
 */
export async function run<Config>(name: string, load: () => Promise<AnyConnector<Config>>): Promise<never> {
  const life = begin(name);
  const { output } = life;
  const specification = derivedSpecification(name, process.argv.slice(2));
  if (specification !== undefined) {
    void output.write(specification);
    return life.end(0);
  }
  const [connector, { parseArguments }] = await Promise.all([load(), import("./cli.js")]);
  const invocation = await parseArguments(process.argv.slice(2), { ...connector, version: version() });
  if (invocation.dialect === undefined) {
    // Help and the version, once asked for, are what the command is to print; a mistake is not.
    if (invocation.failed) say(harmless(invocation.text));
    else void output.write(invocation.text);
    return life.end(invocation.failed ? 1 : 0);
  }
  life.speak(invocation.dialect, connector.singerName);
  const isRun = ["read", "write", "sync"].includes(invocation.verb);
  if (isRun) growNewSpace(connector.kind);
  const telling = setInterval(() => isRun && life.reporter().measured(life.meter, false), METRICS_MS);
  try {
    await perform(connector, invocation, hostOf(connector, life));
    if (isRun) life.reporter().measured(life.meter, true);
    await output.flush();
  } catch (error) {
    if (isRun) life.reporter().measured(life.meter, true);
    return life.isSignalled() ? life.end(1) : life.fail(error);
  } finally {
    clearInterval(telling);
  }
  // A reader of records that has gone away has not got them all, and there is nobody left to explain it to.
  return life.end(output.closed && (invocation.verb === "read" || invocation.verb === "sync") ? 1 : 0);
}

const say = (text: string) => void process.stderr.write(`${text}\n`);

/** What lasts as long as the process: its voice, and how it ends. */
interface Life {
  readonly output: LineWriter;
  readonly meter: Meter;
  /** Aborted when the process is told to stop. */
  readonly signal: AbortSignal;
  isSignalled(): boolean;
  reporter(): Reporter;
  /** Goes on in the dialect that the arguments name. */
  speak(dialect: Parameters<typeof reporterFor>[0], name: string): void;
  hide(secrets: readonly string[]): void;
  /** The text without secrets, and without what could harm whoever looks at it. */
  shown(text: string): string;
  end(code: number): Promise<never>;
  fail(error: unknown): Promise<never>;
}

function begin(name: string): Life {
  const output = createLineWriter(process.stdout);
  const stop = new AbortController();
  const outlets = {
    name,
    print: (line: string) => void output.write(line),
    say,
    isWatched: process.stderr.isTTY && !process.stdout.isTTY,
    now: Date.now,
    pid: process.pid,
    env: process.env,
  };
  let reporter = reporterFor(undefined, name, outlets);
  let redact = (text: string) => text;
  const shown = (text: string) => harmless(redact(text));
  let signalled: NodeJS.Signals | undefined;

  const end = async (code: number): Promise<never> => {
    await output.flush().catch(() => undefined);
    if (signalled) await dieBy(signalled);
    process.exit(code);
  };
  const fail = (error: unknown): Promise<never> => {
    const stackTrace = !isExplained(error) && error instanceof Error ? shown(error.stack ?? "") : undefined;
    reporter.failed({ message: shown(messageOf(error)), stackTrace, failureType: failureType(error) });
    return end(1);
  };
  setInterval(() => void output.flush().catch(() => undefined), FLUSH_MS).unref();
  process.on("uncaughtException", (error) => void fail(error));
  // Without a listener a closed stderr would be an uncaught exception, whose report goes to stderr.
  process.stderr.on("error", () => undefined);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      signalled = signal;
      stop.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => void end(1), GRACE_MS).unref();
    });
  }
  return {
    output,
    meter: createMeter(),
    signal: stop.signal,
    isSignalled: () => signalled !== undefined,
    reporter: () => reporter,
    speak(dialect, as) {
      reporter = reporterFor(dialect, as, outlets);
    },
    hide(secrets) {
      redact = redactor(secrets);
    },
    shown,
    end,
    fail,
  };
}

/** What this process is to a command. */
function hostOf<Config>(connector: AnyConnector<Config>, life: Life): Process<Config> {
  const { output, shown, signal } = life;
  const context: Context = {
    log: createLog((level, message) => life.reporter().log(level, message), shown),
    analytics: (type, value) => life.reporter().analytics(type, value),
    metrics: life.meter,
    signal,
    now: Date.now,
    pid: process.pid,
    userAgent: `${connector.name}/${version()}`,
  };
  return {
    output,
    context,
    version: version(),
    async settings(files) {
      const { config, secrets, warnings } = await readConfig(connector, files, process.env);
      life.hide(secrets);
      for (const warning of warnings) context.log.warn(warning);
      return config;
    },
    shown,
    print: (groups, codec) => print(groups, codec, output, context),
    input: (options) => input(options, output, signal),
  };
}

async function perform<Config>(
  connector: AnyConnector<Config>,
  invocation: Exclude<Invocation, Explanation>,
  host: Process<Config>,
): Promise<void> {
  switch (invocation.dialect) {
    case "people":
      return (await import("./inspect.js")).performInspection(connector, invocation, host);
    case "singer":
      return (await import("./singer-verbs.js")).performSinger(connector, invocation, host);
    case "airbyte":
      return (await import("./airbyte-verbs.js")).performAirbyte(connector, invocation, host);
  }
}

async function print(
  groups: AsyncIterable<readonly Message[]>,
  codec: Codec,
  output: LineWriter,
  { now, metrics }: Context,
): Promise<void> {
  const records = new Map<string, number>();
  metrics.watchRecords(() => records);
  for await (const group of groups) {
    for (const message of group) {
      const line = codec.encode(message, now());
      if (line === undefined) continue;
      if (message.kind === "record") records.set(message.stream, (records.get(message.stream) ?? 0) + 1);
      const room = output.write(line);
      if (message.kind !== "record") await output.flush();
      else if (room !== undefined) await room;
      if (output.closed) return;
    }
  }
}

function input(
  { codecFor, replay, rehearses = false, file }: Parameters<Process<unknown>["input"]>[0],
  output: LineWriter,
  signal: AbortSignal,
): DestinationInput {
  const stream = file === undefined ? process.stdin : createReadStream(file);
  const close = () => void stream.destroy();
  if (signal.aborted) close();
  else signal.addEventListener("abort", close, { once: true });
  return {
    lines: readLines(untilDestroyed(stream, file)),
    close,
    codecFor,
    acknowledge(line) {
      if (rehearses) return Promise.resolve();
      void output.write(line);
      return output.flush();
    },
    room: output.room,
    replay,
    rehearses,
  };
}

/** The bytes of a stream, ending quietly where they stand once the stream is destroyed on purpose. */
async function* untilDestroyed(
  stream: NodeJS.ReadStream | ReturnType<typeof createReadStream>,
  file: string | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE") return;
    throw file === undefined ? error : unreadable(file, "input", error);
  }
}

/** Dies by the signal itself, as callers expect it; process 1 of a container survives that and exits instead. */
async function dieBy(signal: NodeJS.Signals): Promise<never> {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 250));
  process.exit(128 + constants.signals[signal]);
}
