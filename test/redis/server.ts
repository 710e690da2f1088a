import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real Redis of this machine: Debian's package redis-server, or the program in REDIS_SERVER. */
export interface RedisServer {
  readonly port: number;
  /** Kills it, as a machine dies. */
  stop(): Promise<void>;
  /** Starts it again, with nothing of what it held. */
  start(): Promise<void>;
  /** Stops and continues the process, as a machine hangs. */
  hang(hangs: boolean): void;
  /** Runs one command in its plain form. Resolves with the answer as it comes. */
  ask(command: string): Promise<string>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "redis-"));
  let running: ChildProcess | undefined;

  const ask = (command: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(`${command}\r\nQUIT\r\n`));
      let said = "";
      socket.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(said));
    });
  const start = async () => {
    const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder];
    const child = spawn(process.env.REDIS_SERVER ?? "redis-server", [...fixed, ...args], { stdio: "ignore" });
    const failed = once(child, "error").then(([error]) => {
      throw new Error("there is no redis-server: apt-get install redis-server, or name one in REDIS_SERVER", {
        cause: error,
      });
    });
    failed.catch(() => undefined);
    const died = once(child, "exit").then(() => {
      throw new Error(`redis-server ends with ${args.join(" ")}`);
    });
    died.catch(() => undefined);
    running = child;
    const isUp = async () => {
      while (!/^[+-]/.test(await ask("PING").catch(() => ""))) await sleep(20);
    };
    await Promise.race([isUp(), failed, died]);
  };
  const stop = async () => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    port,
    start,
    stop,
    hang: (hangs) => void running?.kill(hangs ? "SIGSTOP" : "SIGCONT"),
    ask,
    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
