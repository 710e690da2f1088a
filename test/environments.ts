import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./architecture/files.js";

const run = promisify(execFile);
const BUILT = join(ROOT, ".environments");

/** Python environments, each made out of a lock of its name. */
export interface Environments<Name extends string> {
  /** An executable of an environment, such as `meltano` or `python`. */
  executable(environment: Name, program: string): string;
  /** Installs what the lock of an environment names, exactly, unless that is done already. Takes seconds to minutes. */
  make(environment: Name): Promise<void>;
  /** Where a package of an environment is installed. */
  packageFolder(environment: Name, name: string): string;
}

/** The environments whose locks lie in a folder of `test/`; all of them take `minors` of Python 3. */
export function environmentsIn<Name extends string>(
  locks: string,
  minors: readonly [first: number, last: number],
): Environments<Name> {
  const lockOf = (name: Name) => join(ROOT, "test", locks, `${name}.txt`);
  /** Another lock is another folder, so that a stale one is never used. */
  const folderOf = (name: Name) => {
    const hash = createHash("sha256")
      .update(readFileSync(lockOf(name)))
      .digest("hex");
    return join(BUILT, `${name}-${hash.slice(0, 12)}`);
  };
  return {
    executable: (environment, program) => join(folderOf(environment), "bin", program),
    async make(environment) {
      const folder = folderOf(environment);
      const done = join(folder, ".installed");
      if (existsSync(done)) return;
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(BUILT, { recursive: true });
      // Executables carry the path of their Python, so that the folder cannot be made elsewhere and moved.
      await run(await findPython(minors), ["-m", "venv", folder]);
      const install = ["install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"];
      await run(join(folder, "bin", "pip"), [...install, lockOf(environment)], { maxBuffer: 1e8 });
      const draft = `${done}.draft`;
      await run("touch", [draft]);
      renameSync(draft, done);
    },
    packageFolder(environment, name) {
      const lib = join(folderOf(environment), "lib");
      const [python] = readdirSync(lib).filter((entry) => entry.startsWith("python"));
      return join(lib, String(python), "site-packages", name);
    },
  };
}

async function findPython([first, last]: readonly [number, number]): Promise<string> {
  const minors = Array.from({ length: last - first + 1 }, (_, index) => last - index);
  const pythons = [...minors.map((minor) => `python3.${minor}`), "python3"];
  const program = `import ensurepip, sys, venv; sys.exit(not (3, ${first}) <= sys.version_info[:2] <= (3, ${last}))`;
  for (const python of pythons) {
    const works = await run(python, ["-c", program])
      .then(() => true)
      .catch(() => false);
    if (works) return python;
  }
  throw new Error(
    `these tests need Python 3.${first} to 3.${last} with venv: none of ${pythons.join(", ")} is one`,
  );
}
