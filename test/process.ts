import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// biome-ignore lint/suspicious/noExplicitAny: what a process prints is only looked at.
export type Printed = Record<string, any>;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines of stdout without their ends. */
  readonly lines: string[];
  /** The lines of stdout, each of which has to be JSON. */
  readonly messages: Printed[];
}

export type Environment = Readonly<Record<string, string>>;

/** The path of a compiled program of this project. */
export function compiled(path: string): string {
  const file = fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`${path} is not compiled: run \`npm run build\` before the tests`);
  return file;
}

/** Puts compiled programs into a folder, by their names, as a global installation does. Resolves with a PATH for them. */
export async function onPath(folder: string, programs: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, program] of Object.entries(programs)) {
    await chmod(compiled(program), 0o755);
    await rm(join(folder, name), { force: true });
    await symlink(compiled(program), join(folder, name));
  }
  return [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
}

/**
 * Starts a program under Node, with nothing of this process's environment but the path; `before` are shell commands
 * that come first, such as limits on what the program may use.
 */
export function startNode(
  program: string,
  args: readonly string[],
  environment: Environment = {},
  before?: string,
): ChildProcessWithoutNullStreams {
  const env = { PATH: process.env.PATH, ...environment };
  const command = [process.execPath, program, ...args];
  return before === undefined
    ? spawn(process.execPath, command.slice(1), { env })
    : spawn("sh", ["-c", `${before}; exec "$@"`, "sh", ...command], { env });
}

/** Keeps what connectors print in Airbyte's dialect, where a suite is run to look at all of it (RECORD_PRINTED). */
async function record([, program = "", verb = ""]: readonly string[], stdout: string): Promise<void> {
  const folder = process.env.RECORD_PRINTED;
  if (folder === undefined || !/(source-flowcode|destination-iterable)\/main\.js$/.test(program)) return;
  if (!["spec", "check", "discover", "read", "write"].includes(verb)) return;
  await writeFile(join(folder, `${verb}-${randomUUID()}.jsonl`), stdout);
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
  await record(child.spawnargs, stdout);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return {
    code,
    signal,
    stdout,
    stderr,
    lines,
    get messages() {
      return lines.map((line) => JSON.parse(line));
    },
  };
}

/** Runs a program to its end, with `input` on its stdin. */
export function runNode(
  program: string,
  args: readonly string[],
  options: { readonly env?: Environment; readonly input?: string | Buffer; readonly before?: string } = {},
): Promise<Ended> {
  const child = startNode(program, args, options.env, options.before);
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return ended(child);
}

/** Resolves once the process has printed `text` on stdout; rejects if it ends without. */
export function printed(child: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  let seen = "";
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer | string) => {
      seen += String(chunk);
      if (!seen.includes(text)) return;
      child.stdout.off("data", look);
      resolve();
    };
    child.stdout.on("data", look);
    child.once("close", () => reject(new Error(`the process ended without printing ${text}`)));
  });
}

/** A folder of files, by name. */
export async function folderOf(files: Record<string, unknown>) {
  const folder = await mkdtemp(join(tmpdir(), "files-"));
  const path = (name: string) => join(folder, name);
  const write = (name: string, content: unknown) =>
    writeFile(path(name), typeof content === "string" ? content : JSON.stringify(content));
  for (const [name, content] of Object.entries(files)) await write(name, content);
  return { path, write, remove: () => rm(folder, { recursive: true, force: true }) };
}
