import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import type { Configuration } from "./configuration.js";
import { isObject } from "./json.js";

/** What one sync came to, as the two connectors printed it. */
export interface SyncReport {
  readonly read: number;
  /** Delivered and kept, by the acknowledged states. */
  readonly settled: number;
  readonly rejected: number;
  /** The destination's own words. */
  readonly summary: readonly string[];
  /** Of source and destination. */
  readonly exitCodes: readonly (number | null)[];
  readonly ms: number;
}

const PROGRESS_MS = 1000;
const program = (name: string) => fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));

/** Pipes the source into the destination, as two processes, and what comes out behind the state. */
export async function sync(files: Configuration, arrived: () => number): Promise<SyncReport> {
  const started = Date.now();
  const stdio = ["pipe", "pipe", "inherit"] as const;
  const source = spawn(
    process.execPath,
    [
      program("source-flowcode"),
      "read",
      "--config",
      files.source,
      "--catalog",
      files.catalog,
      "--state",
      files.state,
    ],
    { stdio: [...stdio] },
  );
  const destination = spawn(
    process.execPath,
    [program("destination-iterable"), "write", "--config", files.destination, "--catalog", files.catalog],
    { stdio: [...stdio] },
  );
  source.stdin?.end();
  source.stdout?.pipe(destination.stdin as NodeJS.WritableStream);
  destination.stdin?.on("error", () => undefined);

  const exits = [source, destination].map(
    (child) => new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code))),
  );
  let read = 0;
  const lines = createInterface({ input: source.stdout as NodeJS.ReadableStream });
  lines.on("line", (line) => {
    if (line.startsWith('{"type":"RECORD"')) read += 1;
  });
  const progress = setInterval(
    () => console.log(`  … ${read} read, ${arrived()} profiles in Iterable`),
    PROGRESS_MS,
  );

  const state = createWriteStream(files.state, { flags: "a" });
  const summary: string[] = [];
  let settled = 0;
  let rejected = 0;
  for await (const line of createInterface({ input: destination.stdout as NodeJS.ReadableStream })) {
    const message: unknown = JSON.parse(line);
    if (!isObject(message)) continue;
    if (message.type === "STATE" && isObject(message.state) && isObject(message.state.destinationStats)) {
      state.write(`${line}\n`);
      settled += Number(message.state.destinationStats.recordCount);
      rejected += Number(message.state.destinationStats.rejectedRecordCount);
    }
    if (message.type === "LOG" && isObject(message.log)) {
      const text = String(message.log.message);
      if (!text.startsWith("rejected: ")) summary.push(...text.split("; "));
    }
    if (message.type === "TRACE" && isObject(message.trace) && isObject(message.trace.error)) {
      summary.push(String(message.trace.error.message));
    }
  }
  const exitCodes = await Promise.all(exits);
  clearInterval(progress);
  state.end();
  await finished(state);
  return { read, settled, rejected, summary, exitCodes, ms: Date.now() - started };
}
