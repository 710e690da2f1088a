import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Environment } from "../process.js";

/** Runs in the process whose memory is measured, and writes down the most that it ever had, in bytes. */
const WATCH =
  'import{writeFileSync as w}from"node:fs";process.on("exit",()=>w(process.env.PEAK_FILE,String(process.resourceUsage().maxRSS*1024)));';

/** A process whose memory is measured: what it is to be started with, and what it had at most, in bytes, once it has ended. */
export function measured(options: string): { readonly env: Environment; peak(): number } {
  const id = join(tmpdir(), `peak-${randomUUID()}`);
  writeFileSync(`${id}.mjs`, WATCH);
  return {
    env: { NODE_OPTIONS: `${options} --import ${pathToFileURL(`${id}.mjs`)}`, PEAK_FILE: id },
    peak() {
      const bytes = Number(readFileSync(id, "utf8"));
      rmSync(id);
      rmSync(`${id}.mjs`);
      return bytes;
    },
  };
}
