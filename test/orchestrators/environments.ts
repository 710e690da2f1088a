import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../architecture/files.js";

const run = promisify(execFile);
const LOCKS = join(ROOT, "test", "orchestrators", "environments");
const BUILT = join(ROOT, ".environments");

/** PyAirbyte takes Python 3.10 to 3.12, the others take later ones too. */
const PYTHONS = ["python3.12", "python3.11", "python3.10", "python3"];

/** The Python environments that the suites need, each with its lock in `environments/`. */
export const ENVIRONMENTS = [
  "meltano",
  "target-jsonl",
  "singer-sdk",
  "tap-rest-api-msdk",
  "pyairbyte",
] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Where an environment lies: another lock is another folder, so that a stale one is never used. */
function folderOf(name: Environment): string {
  const lock = readFileSync(join(LOCKS, `${name}.txt`));
  return join(BUILT, `${name}-${createHash("sha256").update(lock).digest("hex").slice(0, 12)}`);
}

/** An executable of an environment, such as `meltano` or `python`. */
export function executable(environment: Environment, name: string): string {
  return join(folderOf(environment), "bin", name);
}

/** Installs what the lock of an environment names, exactly, unless that is done already. Takes seconds to minutes. */
export async function makeEnvironment(name: Environment): Promise<void> {
  const folder = folderOf(name);
  const done = join(folder, ".installed");
  if (existsSync(done)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(BUILT, { recursive: true });
  // Executables carry the path of their Python, so that the folder cannot be made elsewhere and moved.
  await run(await findPython(), ["-m", "venv", folder]);
  const install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
  await run(join(folder, "bin", "pip"), [...install, join(LOCKS, `${name}.txt`)], { maxBuffer: 1e8 });
  const draft = `${done}.draft`;
  await run("touch", [draft]);
  renameSync(draft, done);
}

async function findPython(): Promise<string> {
  for (const python of PYTHONS) {
    const works = await run(python, [
      "-c",
      "import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info < (3, 13))",
    ])
      .then(() => true)
      .catch(() => false);
    if (works) return python;
  }
  throw new Error(
    `the orchestrators need Python 3.10 to 3.12 with venv: none of ${PYTHONS.join(", ")} is one`,
  );
}

/** Where a package of an environment is installed. */
export function packageFolder(environment: Environment, name: string): string {
  const lib = join(folderOf(environment), "lib");
  const [python] = readdirSync(lib).filter((entry) => entry.startsWith("python"));
  return join(lib, String(python), "site-packages", name);
}
