import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("tiny-connector.mjs", import.meta.url));
const BUILT = fileURLToPath(new URL("../../dist/connector/run.js", import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: what a process prints is only looked at.
export type Printed = Record<string, any>;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout, each of which has to be JSON. */
  readonly messages: Printed[];
}

/** Starts the tiny connector, which stands on the compiled process. */
export function start(
  kind: "source" | "destination",
  args: readonly string[],
  environment: Record<string, string> = {},
): ChildProcessWithoutNullStreams {
  if (!existsSync(BUILT)) throw new Error("dist/ is missing: run `npm run build` before the tests");
  const env = { PATH: process.env.PATH, ...environment };
  return spawn(process.execPath, [PROGRAM, kind, ...args], { env });
}

/** Everything that a process prints until its end. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on("close", (...how) => resolve(how)),
  );
  return {
    code,
    signal,
    stdout,
    stderr,
    get messages() {
      return stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line));
    },
  };
}

/** Runs the tiny connector to its end. */
export function runTiny(
  kind: "source" | "destination",
  args: readonly string[],
  options: { readonly env?: Record<string, string>; readonly input?: string } = {},
): Promise<Ended> {
  const child = start(kind, args, options.env);
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return ended(child);
}

/** Resolves once the process has printed `text` on stdout. */
export function printed(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let seen = "";
  return new Promise((resolve) => {
    const look = (chunk: Buffer | string) => {
      seen += String(chunk);
      if (!seen.includes(text)) return;
      child.stdout.off("data", look);
      resolve();
    };
    child.stdout.on("data", look);
  });
}

/** A folder of files, by name. */
export async function folderOf(files: Record<string, unknown>) {
  const folder = await mkdtemp(join(tmpdir(), "tiny-"));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return {
    path: (name: string) => join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
