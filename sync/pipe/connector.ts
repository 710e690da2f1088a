import { type ChildProcessByStdio, spawn } from "node:child_process";
import { platform } from "node:os";
import { env } from "node:process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type ConnectorName, environmentFor } from "./environment.js";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One of the two connectors as a process of its own. */
export interface Connector {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has ended and all that it has printed is read. Rejects where it could not be started. */
  readonly exit: Promise<Exit>;
  /** The last that it printed for people. */
  lastWords(): string;
  /** Asks it to stop, once: it finishes what it has under way, and a second signal would not let it. */
  stop(): void;
  kill(): void;
}

/** How much is kept of what a connector prints for people. */
const LAST_WORDS = 2_000;

/**
 * Starts a connector under `node`. It is in a process group of its own: Ctrl-C reaches this program alone, which stops
 * the two in their order.
 */
export function startConnector(node: string, name: ConnectorName, args: readonly string[]): Connector {
  const program = fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(node, [program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: platform() !== "win32",
    env: environmentFor(name, env),
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  // A process that has gone away takes no input; how it ended says why.
  child.stdin.on("error", () => undefined);
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  exit.catch(() => undefined);
  let isStopping = false;
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    exit,
    lastWords: () => words.trim(),
    stop() {
      if (!isStopping) child.kill("SIGTERM");
      isStopping = true;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
