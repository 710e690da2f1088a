import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { kill, pid as ownPid, platform } from "node:process";
import { promisify } from "node:util";
import { z } from "zod";
import { codeOf } from "../errors.js";

/** A process, so that another one with the same number is not taken for it. */
export const holder = z.object({
  /** Where it runs: the machine since its last start, and on Linux the container. Numbers of processes mean something there alone. */
  host: z.string(),
  pid: z.number().int(),
  /** When it was born, in whatever form the system tells; "" where it does not. */
  birth: z.string(),
});
export type Holder = z.infer<typeof holder>;

/** `elsewhere`: it cannot be looked at from here, so that its heartbeat alone tells whether it lives. */
export type Vitality = "alive" | "dead" | "elsewhere";

/** Stands in a place's name where nothing tells this machine from another one of the same name. */
const UNSURE = "?";

/** What tells a process of this machine, or this one, from every other. */
export async function holderOf(pid: number = ownPid): Promise<Holder> {
  return { host: await place(), pid, birth: (await birthOf(pid)) ?? "" };
}

/** Whether a process still runs. */
export async function vitalityOf({ host, pid, birth }: Holder): Promise<Vitality> {
  const here = await place();
  if (host !== here || here.endsWith(UNSURE)) return "elsewhere";
  const found = await birthOf(pid);
  if (found === undefined) return "dead";
  return birth === "" || found === "" || found === birth ? "alive" : "dead";
}

/** Asks a process to end, if it is the one that is meant. */
export async function stopHolder(one: Holder): Promise<void> {
  if ((await vitalityOf(one)) !== "alive") return;
  try {
    kill(one.pid, "SIGTERM");
  } catch {}
}

let found: Promise<string> | undefined;

function place(): Promise<string> {
  found ??= (async () => {
    const start = await startOfMachine();
    return `${hostname()} ${start ?? UNSURE}`;
  })();
  return found;
}

/**
 * What tells this machine since its last start, and the container, from every other. Names of machines do not: two may
 * have the same, and the first process of every container has the number 1.
 */
async function startOfMachine(): Promise<string | undefined> {
  switch (platform) {
    case "linux":
    case "android": {
      const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => undefined);
      const container = await readlink("/proc/self/ns/pid").catch(() => undefined);
      return boot && container && `${boot.trim()} ${container}`;
    }
    case "darwin":
      return (await printedBy("sysctl", ["-n", "kern.bootsessionuuid"])) || undefined;
    default:
      return undefined;
  }
}

/** When a process was born; "" where the system does not tell, undefined where there is no such process. */
async function birthOf(pid: number): Promise<string | undefined> {
  if (!exists(pid)) return undefined;
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold spaces and parentheses itself. State is field 3, the start field 22.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const hasEnded = fields[0] === "Z" || fields[0] === "X";
    return hasEnded ? undefined : fields[19];
  } catch {
    return printedBy("ps", ["-o", "lstart=", "-p", String(pid)]);
  }
}

async function printedBy(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args).catch(() => ({ stdout: "" }));
  return stdout.trim();
}

function exists(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
