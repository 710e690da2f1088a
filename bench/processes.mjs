// Starts the programs of a measurement and tells what they took.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** The path of a new file with this content. */
export function file(content) {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const quoted = (words) => words.map((word) => `'${String(word).replaceAll("'", "'\\''")}'`).join(" ");

/** The path of a new program that runs this command. */
file.script = (command) => {
  const path = file(`#!/bin/sh\nexec ${quoted(command)}\n`);
  chmodSync(path, 0o700);
  return path;
};

/** Runs a command behind a pipe of others, if any: what it took as `{seconds, cpu, peakMb, code, output}`. */
export async function run(command, { input = [], reader = [], environment = {} } = {}) {
  const used = file("");
  const measured = quoted(["python3", here("rusage.py"), used, ...command]);
  const pipe = [...input.map(quoted), measured, ...reader.map(quoted)].join(" | ");
  const child = spawn("sh", ["-c", pipe], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => {
    output = (output + chunk).slice(-4000);
  });
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  await new Promise((resolve) => child.once("close", resolve));
  const result = JSON.parse(readFileSync(used, "utf8") || '{"code":"not started"}');
  if (result.code !== 0)
    throw new Error(`${command.join(" ")} ended with ${result.code}\n${errors}\n${output}`);
  return { ...result, output };
}

/** Starts a stand-in; `stop` ends it and returns what it saw. */
export async function serve(program, options) {
  const child = spawn(process.execPath, [here(program), JSON.stringify(options ?? {})], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = child.stdout.setEncoding("utf8")[Symbol.asyncIterator]();
  const { value: url } = await lines.next();
  return {
    url: url.trim(),
    async stop() {
      child.stdin.end("\n");
      const { value } = await lines.next();
      return JSON.parse(value);
    },
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
