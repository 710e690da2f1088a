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
  /** What the destination tells as data of how the contacts ended; undefined where it has told nothing. */
  readonly outcome: StreamOutcome | undefined;
  /** Why either of them failed. */
  readonly failures: readonly string[];
  /** Of source and destination. */
  readonly exitCodes: readonly (number | null)[];
  readonly ms: number;
}

/** TRACE ANALYTICS of the type `stream_outcome`, as far as it is shown. */
export interface StreamOutcome {
  readonly delivered: number;
  readonly kept: number;
  readonly rejected: number;
  readonly reasons: readonly { readonly kind: string; readonly reason: string; readonly count: number }[];
  readonly left_out: readonly { readonly field: string; readonly count: number }[];
}

const PROGRESS_MS = 250;
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
  // Where nobody watches, there is nothing to say before the end.
  const progress = setInterval(() => {
    const line = `  … ${read.toLocaleString("en")} read, ${arrived().toLocaleString("en")} profiles in Iterable`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}\x1b[K`);
  }, PROGRESS_MS);

  const state = createWriteStream(files.state, { flags: "a" });
  const failures: string[] = [];
  let outcome: StreamOutcome | undefined;
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
    if (message.type !== "TRACE" || !isObject(message.trace)) continue;
    const { analytics, error } = message.trace;
    if (isObject(analytics) && analytics.type === "stream_outcome")
      outcome = JSON.parse(String(analytics.value));
    if (isObject(error)) failures.push(String(error.message));
  }
  const exitCodes = await Promise.all(exits);
  clearInterval(progress);
  if (process.stdout.isTTY) process.stdout.write("\r\x1b[K");
  state.end();
  await finished(state);
  return { read, settled, rejected, outcome, failures, exitCodes, ms: Date.now() - started };
}
