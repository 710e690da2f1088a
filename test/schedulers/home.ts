import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, type Environment, ended, onPath } from "../process.js";
import { executable, makeEnvironment } from "./environments.js";
import type { Scheduler } from "./scheduler.js";

/** A scheduler that is installed, with a home of its own. */
export interface Home {
  start(environment: Environment): ReturnType<typeof spawn>;
  /** Runs the example to its end. */
  run(environment: Environment): Promise<Ended>;
  /** Stops a run as its scheduler does, by SIGTERM to its process alone, and waits for its end. */
  stop(child: ReturnType<typeof spawn>): Promise<void>;
  /** Everything that the scheduler has kept: its database, its logs. */
  kept(): Promise<string>;
  remove(): Promise<void>;
}

/** Nothing but this machine can be reached. */
const NO_NETWORK = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost,::1",
};

/** Installs a scheduler unless that is done already, and makes a home for it. */
export async function setHome(scheduler: Scheduler): Promise<Home> {
  await makeEnvironment(scheduler.environment);
  const folder = await mkdtemp(join(tmpdir(), "scheduler-"));
  const [home, bin] = [join(folder, "home"), join(folder, "bin")];
  await mkdir(home);
  const env = {
    ...NO_NETWORK,
    PATH: await onPath(bin, { "flowcode-iterable": "sync/main.js" }),
    HOME: home,
    NO_COLOR: "1",
    // Nothing is left beside the examples.
    PYTHONDONTWRITEBYTECODE: "1",
    ...scheduler.settings(home),
  };
  const start = ([program, ...args]: readonly [string, ...string[]], more: Environment = {}) => {
    const child = spawn(executable(scheduler.environment, program), args, {
      cwd: folder,
      env: { ...env, ...more },
      // A group of its own, for what a run that was stopped leaves behind.
      detached: true,
    });
    child.stdin.end();
    return child;
  };
  if (scheduler.prepare) {
    const { code, stderr } = await ended(start(scheduler.prepare));
    if (code !== 0) throw new Error(`${scheduler.name} could not be prepared: ${stderr}`);
  }
  return {
    start: (more) => start(scheduler.run, more),
    run: (more) => ended(start(scheduler.run, more)),
    async stop(child) {
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      await exit;
      // Prefect's temporary server outlives the run that has started it.
      try {
        process.kill(-(child.pid as number), "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    },
    async kept() {
      const paths = await readdir(home, { recursive: true });
      const texts = paths.map(async (path) => {
        const file = join(home, path);
        return (await stat(file)).isFile() ? readFile(file, "latin1") : "";
      });
      return (await Promise.all(texts)).join("\n");
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
