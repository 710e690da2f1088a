import { spawn } from "node:child_process";
import { chmod, cp, mkdir, symlink } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { ROOT } from "../architecture/files.js";
import { compiled, type Ended, ended } from "../process.js";
import type { Stage } from "../stage.js";
import { executable } from "./environments.js";

/** The example project in a folder of its own, with settings that reach a stage's simulators. */
export interface MeltanoProject {
  /** Runs Meltano to its end. */
  run(args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Ended>;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): ReturnType<typeof spawn>;
}

/** The executables as a global installation puts them on the path. */
const PROGRAMS = {
  "tap-flowcode": "source-flowcode/main.js",
  "target-iterable": "destination-iterable/main.js",
};

export async function setMeltano(stage: Stage, key: string): Promise<MeltanoProject> {
  const folder = stage.path("meltano");
  const bin = stage.path("bin");
  await cp(join(ROOT, "examples", "meltano"), folder, { recursive: true });
  await mkdir(bin);
  for (const [name, program] of Object.entries(PROGRAMS)) {
    await chmod(compiled(program), 0o755);
    await symlink(compiled(program), join(bin, name));
  }
  const { orgId, workspaceId, clientId, clientSecret } = stage.flowcode.account;
  const env = {
    PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: stage.path("home"),
    NO_COLOR: "1",
    MELTANO_SEND_ANONYMOUS_USAGE_STATS: "false",
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
  return { start, run: (args, more) => ended(start(args, more)) };
}
