import { execFile } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { homedir, platform, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeOf, messageOf, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import { makeFile, writeAtomically } from "../project/atomic.js";
import { createTaskArgs, type Kept, type Kind, MARK, nameOf, textOf } from "./unit.js";

type Surroundings = Pick<Host, "node" | "env">;

/** Where this program lies, beside the file that holds this. */
const PROGRAM = fileURLToPath(new URL("main.js", import.meta.url));

/** The way in which this system keeps programs running. */
export function kindHere(): Kind {
  switch (platform()) {
    case "darwin":
      return "launchd";
    case "win32":
      return "windows";
    default:
      return "systemd";
  }
}

export function keptFor(project: string, { node, env }: Surroundings): Kept {
  const environment = join(configuration(env), "flowcode-iterable", `${nameOf(project)}.env`);
  return { node, program: PROGRAM, project, environment };
}

/** Installs the service of a project and starts it. Resolves with what to know about it. */
export async function install(kind: Kind, project: string, host: Surroundings): Promise<string> {
  const kept = keptFor(project, host);
  const name = nameOf(project);
  switch (kind) {
    case "systemd": {
      const file = await put(systemdFile(name, host.env), textOf(kind, kept));
      await call("systemctl", ["--user", "daemon-reload"], host);
      await call("systemctl", ["--user", "enable", "--now", `${name}.service`], host);
      return `Installed and started: ${file}\nSecrets for the environment go into ${kept.environment} (chmod 600).\nTo keep it running while nobody is logged in: loginctl enable-linger`;
    }
    case "launchd": {
      const file = await put(launchdFile(name, host.env), textOf(kind, kept));
      await call("launchctl", ["bootstrap", domain(), file], host);
      return `Installed and started: ${file}`;
    }
    case "windows":
      await call("schtasks", createTaskArgs(kept), host);
      await call("schtasks", ["/Run", "/TN", name], host);
      return `Installed and started: the task ${name}`;
    case "cron":
      throw new Unusable(
        "a table of cron jobs is your own: print the line with flowcode-iterable service print --kind cron, and add it with crontab -e",
      );
  }
}

/** Stops the service of a project and removes it. */
export async function remove(kind: Kind, project: string, host: Surroundings): Promise<string> {
  const name = nameOf(project);
  switch (kind) {
    case "systemd": {
      const file = await own(systemdFile(name, host.env));
      await call("systemctl", ["--user", "disable", "--now", `${name}.service`], host);
      await rm(file, { force: true });
      await call("systemctl", ["--user", "daemon-reload"], host);
      return `Stopped and removed: ${file}`;
    }
    case "launchd": {
      const file = await own(launchdFile(name, host.env));
      await call("launchctl", ["bootout", `${domain()}/${name}`], host);
      await rm(file, { force: true });
      return `Stopped and removed: ${file}`;
    }
    case "windows":
      await call("schtasks", ["/Delete", "/TN", name, "/F"], host);
      return `Stopped and removed: the task ${name}`;
    case "cron":
      throw new Unusable("a table of cron jobs is your own: take the line away with crontab -e");
  }
}

const home = (env: Host["env"]) => env.HOME ?? homedir();
const configuration = (env: Host["env"]) => env.XDG_CONFIG_HOME || join(home(env), ".config");
const systemdFile = (name: string, env: Host["env"]) =>
  join(configuration(env), "systemd", "user", `${name}.service`);
const launchdFile = (name: string, env: Host["env"]) =>
  join(home(env), "Library", "LaunchAgents", `${name}.plist`);
const domain = () => `gui/${userInfo().uid}`;

/** Writes a file, in place of an older one of the same mark. Throws Unusable where another one stands there. */
async function put(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await makeFile(path, text);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    await own(path);
    await writeAtomically(path, text);
  }
  return path;
}

/** A file that was made here. Throws Unusable where it is not there, or somebody else's. */
async function own(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    throw new Unusable(`there is no service of this project: "${path}" does not exist`);
  });
  if (!text.includes(MARK)) throw new Unusable(`"${path}" was not made by this program: move it away first`);
  return path;
}

async function call(program: string, args: readonly string[], { env }: Surroundings): Promise<void> {
  try {
    await promisify(execFile)(program, args, { env });
  } catch (error) {
    if (codeOf(error) === "ENOENT")
      throw new Unusable(
        `${program} is not here: keep the scheduler running in another way (flowcode-iterable service print --kind cron)`,
      );
    const { stderr } = error as { readonly stderr?: string };
    throw new Unusable(`${program} ${args.join(" ")} has failed: ${stderr?.trim() || messageOf(error)}`);
  }
}
