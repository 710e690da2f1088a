import { type ChildProcessWithoutNullStreams, execFile, execFileSync, spawn } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "../architecture/files.js";
import { type Ended, ended } from "../process.js";

export type Target = "source-flowcode" | "destination-iterable" | "flowcode-iterable";
export const TARGETS: readonly Target[] = ["source-flowcode", "destination-iterable", "flowcode-iterable"];

/** What is known of an image without running it. */
export interface Inspected {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly WorkingDir: string;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
}

/** How a container is run. */
export interface How {
  /** What it sees of this machine: a folder or a volume, and where. */
  readonly mounts?: readonly (readonly [from: string, to: string])[];
  readonly name?: string;
  readonly entrypoint?: string;
  readonly input?: string;
}

/** As little as a cluster may leave a container: nothing but its mounts can be written, and it may do nothing special. */
const CONFINED = ["--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"];

/** Docker where it has an engine; podman in its place where it has none. */
export const ENGINE = hasEngine() ? ["docker"] : ["bash", `${ROOT}/test/image/podman.sh`];
const [program, ...before] = ENGINE;

export const imageOf = (target: Target) => `flowcode-iterable-test/${target}`;

export async function build(target: Target): Promise<void> {
  await engine("build", "--target", target, "--tag", imageOf(target), ROOT);
}

export async function inspect(target: Target): Promise<Inspected> {
  return JSON.parse(await engine("image", "inspect", "--format", "{{json .Config}}", imageOf(target)));
}

export const signal = (container: string, name: "TERM" | "KILL") =>
  engine("kill", "--signal", name, container);

export const removeVolume = (name: string) => engine("volume", "rm", "--force", name);

/** Starts a container that is removed when it ends, with this process at its stdin. */
export function start(
  target: Target,
  args: readonly string[],
  how: How = {},
): ChildProcessWithoutNullStreams {
  const mounts = (how.mounts ?? []).map(([from, to]) => `--volume=${from}:${to}`);
  const named = how.name === undefined ? [] : [`--name=${how.name}`];
  const entrypoint = how.entrypoint === undefined ? [] : [`--entrypoint=${how.entrypoint}`];
  const words = ["run", "--rm", "--interactive", ...CONFINED, ...mounts, ...named, ...entrypoint];
  return spawn(program as string, [...before, ...words, imageOf(target), ...args]);
}

/** Runs a container to its end. */
export function run(target: Target, args: readonly string[], how: How = {}): Promise<Ended> {
  const child = start(target, args, how);
  child.stdin.on("error", () => undefined);
  child.stdin.end(how.input ?? "");
  return ended(child);
}

async function engine(...words: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program as string, [...before, ...words], {
    maxBuffer: 1e8,
  });
  return stdout;
}

function hasEngine(): boolean {
  try {
    execFileSync("docker", ["info"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
