import { readFile } from "node:fs/promises";
import { constants } from "node:os";
import {
  airbyte,
  catalogLine,
  connectionStatusLine,
  errorLine,
  logLine,
  specLine,
} from "../protocol/airbyte.js";
import { parseConfiguredCatalog } from "../protocol/catalog.js";
import { createLineWriter, type LineWriter, readLines } from "../protocol/lines.js";
import { parseState } from "../protocol/state.js";
import { type Invocation, parseArguments } from "./cli.js";
import type { Context, Destination, Source } from "./connector.js";
import { ConfigError, failureType, isExplained, messageOf } from "./errors.js";
import { createLog, type LogLevel, redactor } from "./log.js";
import { connectionSpecification, parseConfig } from "./spec.js";
import { version } from "./version.js";

type AnyConnector<Config> = Source<Config> | Destination<Config>;

/** How long work under way may take to finish after a signal, in ms; Kubernetes and docker kill after 10 s. */
const GRACE_MS = 8_000;
const AIRBYTE_LEVEL = { info: "INFO", warn: "WARN", error: "ERROR" } as const;

/** Runs a connector as this process: reads its arguments, does what they ask, and ends the process. */
export async function run<Config>(connector: AnyConnector<Config>): Promise<never> {
  const output = createLineWriter(process.stdout);
  let redact = (text: string) => text;
  const print = (level: LogLevel, message: string) => {
    output.write(logLine(AIRBYTE_LEVEL[level], message));
    if (process.stderr.isTTY && !process.stdout.isTTY)
      process.stderr.write(`${level.toUpperCase()} ${message}\n`);
  };
  const stop = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  const end = async (code: number): Promise<never> => {
    await output.flush().catch(() => undefined);
    if (signalled) await dieBy(signalled);
    process.exit(code);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      signalled = signal;
      stop.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => void end(1), GRACE_MS).unref();
    });
  }
  const fail = (error: unknown) => {
    const message = redact(messageOf(error));
    const explained = isExplained(error);
    const stackTrace = !explained && error instanceof Error ? redact(error.stack ?? "") : undefined;
    const kind = failureType(error);
    output.write(errorLine(Date.now(), { message, internalMessage: message, failureType: kind, stackTrace }));
    process.stderr.write(`${connector.name}: ${explained ? message : (stackTrace ?? message)}\n`);
    return end(1);
  };
  process.on("uncaughtException", (error) => void fail(error));

  const invocation = await parseArguments(process.argv.slice(2), { ...connector, version: version() });
  if (invocation.verb === "explain") {
    process.stderr.write(`${invocation.text}\n`);
    return end(invocation.failed ? 1 : 0);
  }
  try {
    await perform(connector, invocation, {
      output,
      onSecrets: (secrets) => {
        redact = redactor(secrets);
      },
      context: {
        log: createLog(print, (text) => redact(text)),
        signal: stop.signal,
        now: Date.now,
        pid: process.pid,
        userAgent: `${connector.name}/${version()}`,
      },
    });
  } catch (error) {
    return signalled ? end(1) : fail(error);
  }
  // A reader that has gone away has not got everything, and there is nobody left to explain it to.
  return end(output.closed && invocation.verb === "read" ? 1 : 0);
}

interface Surroundings {
  readonly output: LineWriter;
  readonly context: Context;
  onSecrets(secrets: readonly string[]): void;
}

async function perform<Config>(
  connector: AnyConnector<Config>,
  invocation: Invocation,
  around: Surroundings,
): Promise<void> {
  const { output, context } = around;
  if (invocation.verb === "spec") {
    output.write(specLine(spec(connector)));
    return;
  }
  if (invocation.verb === "check") return check(connector, invocation, around);

  const config = await readConfig(connector, invocation, around);
  if (connector.kind === "source") {
    if (invocation.verb === "discover") {
      output.write(catalogLine(await connector.discover(config, context)));
      return;
    }
    const streams = parseConfiguredCatalog(await readJson(invocation.catalog, "catalog"));
    const saved = parseState(invocation.state === undefined ? "" : await readText(invocation.state, "state"));
    for (const warning of saved.warnings) context.log.warn(warning);
    for await (const message of connector.read(config, streams, saved.streams, context)) {
      await output.write(airbyte.encode(message, context.now()));
      if (message.kind !== "record") await output.flush();
      if (output.closed) break;
    }
    return;
  }
  const close = new AbortController();
  await connector.write(
    config,
    parseConfiguredCatalog(await readJson(invocation.catalog, "catalog")),
    {
      lines: readLines(standardInput(AbortSignal.any([context.signal, close.signal]))),
      close: () => close.abort(),
      codecFor: () => airbyte,
      acknowledge: (line) => {
        output.write(line);
        return output.flush();
      },
      replay: invocation.replay,
    },
    context,
  );
}

/** What the `spec` command prints. */
export function spec<Config>(connector: AnyConnector<Config>): Record<string, unknown> {
  return {
    protocol_version: "0.18.0",
    documentationUrl: connector.documentationUrl,
    connectionSpecification: connectionSpecification(connector.config, connector.title),
    ...(connector.kind === "source"
      ? { supportsIncremental: true }
      : { supportsIncremental: true, supported_destination_sync_modes: connector.syncModes }),
  };
}

async function check<Config>(
  connector: AnyConnector<Config>,
  invocation: Invocation,
  around: Surroundings,
): Promise<void> {
  const { output, context } = around;
  try {
    const config = await readConfig(connector, invocation, around);
    output.write(connectionStatusLine("SUCCEEDED", await connector.check(config, context)));
  } catch (error) {
    if (failureType(error) === "system_error" && !isExplained(error)) throw error;
    output.write(connectionStatusLine("FAILED", messageOf(error)));
  }
}

async function readConfig<Config>(
  connector: AnyConnector<Config>,
  invocation: Invocation,
  { context, onSecrets }: Surroundings,
): Promise<Config> {
  const file = invocation.config === undefined ? {} : await readJson(invocation.config, "configuration");
  const parsed = parseConfig(connector.config, file, connector.environmentPrefix, process.env);
  onSecrets(parsed.secrets);
  for (const warning of parsed.warnings) context.log.warn(warning);
  return parsed.config;
}

async function readText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EACCES"
          ? `this process (user ${process.getuid?.() ?? "?"}) may not read it; check the permissions of the file and of its folders`
          : `it cannot be read (${code})`;
    throw new ConfigError(`the ${what} file "${path}": ${reason}`);
  }
}

async function readJson(path: string | undefined, what: string): Promise<unknown> {
  const text = await readText(path as string, what);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The engine's own message quotes the text around the mistake, which may be a secret.
    const position = /position (\d+)/.exec(messageOf(error))?.[1];
    const before = position === undefined ? undefined : text.slice(0, Number(position)).split("\n");
    const place = before ? ` (line ${before.length}, column ${(before.at(-1) as string).length + 1})` : "";
    throw new ConfigError(`the ${what} file "${path}" is not valid JSON${place}`);
  }
}

/** Standard input, which ends quietly where it stands once the signal is aborted. */
async function* standardInput(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  try {
    yield* process.stdin;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Dies by the signal itself, as callers expect it; process 1 of a container survives that and exits instead. */
async function dieBy(signal: NodeJS.Signals): Promise<never> {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 250));
  process.exit(128 + constants.signals[signal]);
}
