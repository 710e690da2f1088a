import { spawn } from "node:child_process";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../architecture/files.js";
import { type Ended, ended, onPath } from "../process.js";
import type { Stage } from "../stage.js";
import { executable } from "./environments.js";

/** The example project in a folder of its own, with settings that reach a stage's simulators. */
export interface MeltanoProject {
  /** Runs Meltano to its end. */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
  /** Runs commands in the project's folder as somebody types them, to the first that fails. */
  type(commands: string): Promise<Ended>;
  /** The text of a file of the project, as it is now. */
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
}

const PROGRAMS = {
  "tap-flowcode": "source-flowcode/main.js",
  "target-iterable": "destination-iterable/main.js",
};

export async function setMeltano(stage: Stage, key: string): Promise<MeltanoProject> {
  const folder = stage.path("meltano");
  const bin = stage.path("bin");
  await cp(join(ROOT, "examples", "meltano"), folder, { recursive: true });
  const path = await onPath(bin, PROGRAMS);
  await symlink(executable("meltano", "meltano"), join(bin, "meltano"));
  // Where Meltano would install it from PyPI.
  await symlink(executable("singer-sdk", "meltano-map-transform"), join(bin, "meltano-map-transform"));
  const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
  const env = {
    PATH: path,
    HOME: stage.path("home"),
    NO_COLOR: "1",
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: "false",
    MELTANO_CLI_DISABLE_VERSION_CHECK: "true",
    TAP_FLOWCODE_ORG_ID: orgId,
    TAP_FLOWCODE_WORKSPACE_ID: workspaceId,
    TAP_FLOWCODE_CREDENTIALS_CLIENT_ID: clientId,
    TAP_FLOWCODE_CREDENTIALS_CLIENT_SECRET: clientSecret,
    TAP_FLOWCODE_ADVANCED_API_BASE_URL: stage.flowcode.url,
    TAP_FLOWCODE_ADVANCED_AUTH_BASE_URL: stage.flowcode.url,
    TARGET_ITERABLE_API_KEY: key,
    TARGET_ITERABLE_ADVANCED_BASE_URL: stage.iterable.url,
  };
  const python = executable("meltano", "python");
  const program = join(ROOT, "test", "orchestrators", "mended-meltano.py");
  const start = (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    // A group of its own, so that Meltano and what it has started can be killed together.
    const child = spawn(python, [program, ...args], {
      cwd: folder,
      env: { ...env, ...more },
      detached: true,
    });
    child.stdin.end();
    return child;
  };
  return {
    start,
    run: (args, more) => ended(start(args, more)),
    type: (commands) => ended(spawn("bash", ["-euo", "pipefail", "-c", commands], { cwd: folder, env })),
    read: (path) => readFile(join(folder, path), "utf8"),
    write: (path, text) => writeFile(join(folder, path), text),
  };
}
