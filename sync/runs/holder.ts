import { execFile } from "node:child_process";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { kill } from "node:process";
import { promisify } from "node:util";
import { z } from "zod";
import { codeOf } from "../errors.js";

/** A process, so that another one with the same number is not taken for it. */
export const holder = z.object({
  /** The machine, and on Linux the container: numbers of processes mean something there alone. */
  host: z.string(),
  pid: z.number().int(),
  /** When it was born, in whatever form the system tells; "" where it does not. */
  birth: z.string(),
});
export type Holder = z.infer<typeof holder>;

/** `elsewhere`: on another machine, or in another container, which cannot be looked at from here. */
export type Vitality = "alive" | "dead" | "elsewhere";

/** What tells a process of this machine from every other. */
export async function holderOf(pid: number): Promise<Holder> {
  return { host: await place(), pid, birth: (await birthOf(pid)) ?? "" };
}

/** Whether a process still runs. */
export async function vitalityOf({ host, pid, birth }: Holder): Promise<Vitality> {
  if (host !== (await place())) return "elsewhere";
  const found = await birthOf(pid);
  if (found === undefined) return "dead";
  return birth === "" || found === "" || found === birth ? "alive" : "dead";
}

/** Whether a process of this number runs on this machine. */
export async function runsHere(pid: number): Promise<boolean> {
  return Number.isInteger(pid) && (await birthOf(pid)) !== undefined;
}

/** Asks a process to end, if it is the one that is meant. */
export async function stopHolder(one: Holder): Promise<void> {
  if ((await vitalityOf(one)) !== "alive") return;
  try {
    kill(one.pid, "SIGTERM");
  } catch {}
}

async function place(): Promise<string> {
  const container = await readlink("/proc/self/ns/pid").catch(() => "");
  return `${hostname()} ${container}`.trim();
}

/** When a process was born; "" where the system does not tell, undefined where there is no such process. */
async function birthOf(pid: number): Promise<string | undefined> {
  if (!exists(pid)) return undefined;
  try {
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold spaces and parentheses itself. State is field 3, the start field 22.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const hasEnded = fields[0] === "Z" || fields[0] === "X";
    return hasEnded ? undefined : `${boot.trim()} ${fields[19]}`;
  } catch {
    const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]).catch(() => ({
      stdout: "",
    }));
    return stdout.trim();
  }
}

function exists(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
