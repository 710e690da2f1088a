import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { COMMAND_NAMES, parseCommandLine } from "./cli.js";
import { EXIT, exitOf, explained, messageOf } from "./errors.js";
import type { Host } from "./host.js";
import { programOf, projectOf } from "./terminal/calling.js";
import { createTerminal } from "./terminal/terminal.js";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** Runs the program as this process: reads its arguments, does what they ask, and ends the process. */
export async function run(): Promise<void> {
  const stop = new AbortController();
  const force = new AbortController();
  let signalled: NodeJS.Signals | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (signalled) force.abort();
      signalled ??= signal;
      stop.abort(new Error(`stopped by ${signal}`));
    });
  }
  // A reader who has gone away, such as `head`, has got all that it wanted.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  const calling = {
    program: programOf(process.argv, process.env, process.cwd()),
    project: projectOf(process.argv.slice(2)),
    commands: COMMAND_NAMES,
  };
  const host: Host = {
    terminal: createTerminal({
      out: process.stdout,
      err: process.stderr,
      env: process.env,
      calling,
    }),
    calling,
    cwd: process.cwd(),
    node: process.execPath,
    version: version(),
    now: Date.now,
    signal: stop.signal,
    force: force.signal,
    env: process.env,
    async asker() {
      if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
      const { createPrompts } = await import("./terminal/prompts.js");
      return createPrompts(stop.signal);
    },
  };
  process.exitCode = await perform(host);
  if (signalled) await dieBy(signalled);
}

async function perform(host: Host): Promise<number> {
  const { terminal } = host;
  try {
    const asked = await parseCommandLine(process.argv.slice(2), {
      version: host.version,
      program: host.calling.program,
      columns: terminal.columns,
    });
    if (asked.kind === "command") return await asked.run(host);
    if (asked.isMistake) terminal.say(asked.text);
    else terminal.print(asked.text);
    return asked.isMistake ? EXIT.unusable : EXIT.done;
  } catch (thrown) {
    const error = explained(thrown);
    // Whoever has stopped it knows why it ends.
    if (host.signal.aborted) return EXIT.failed;
    const exit = exitOf(error);
    const text =
      exit === undefined && error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
    terminal.say(`flowcode-iterable: ${text}`);
    return exit ?? EXIT.failed;
  }
}

/** Dies by the signal itself, as callers expect it; process 1 of a container survives that and exits instead. */
async function dieBy(signal: NodeJS.Signals): Promise<never> {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  await new Promise((resolve) => setTimeout(resolve, 250));
  process.exit(128 + constants.signals[signal]);
}

/** The version of the project, which is kept in package.json alone: one folder up in the sources, two when compiled. */
function version(): string {
  for (const place of ["../package.json", "../../package.json"]) {
    try {
      return JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")).version;
    } catch {}
  }
  return "unknown";
}
