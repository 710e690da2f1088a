import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import type { Configuration } from "./configuration.js";

const RUNNER = fileURLToPath(new URL("../sync/main.js", import.meta.url));

/**
 * Asks whoever sits at the terminal whether to open the web console over the two stand-ins, and keeps it open until it is
 * stopped. Where nobody sits there, nothing is asked and nothing is waited for.
 */
export async function offerConsole(folder: string, files: Configuration): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY || process.env.CI) return;
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>((resolve) => asking.once("close", () => resolve("n")));
  const question = "\nOpen the web console over these stand-ins, and try everything in a browser? [Y/n] ";
  const answer = await Promise.race([asking.question(question), ended]);
  asking.close();
  if (/^\s*n/i.test(answer)) return;

  const project = join(folder, "demo");
  await mkdir(project, { mode: 0o700 });
  const [source, destination] = await Promise.all(
    [files.source, files.destination].map(async (path) => JSON.parse(await readFile(path, "utf8"))),
  );
  const settings = { version: 1, source, destination: { ...destination, streams: undefined } };
  await writeFile(join(project, "flowcode-iterable.json"), `${JSON.stringify(settings, null, 2)}\n`, {
    mode: 0o600,
  });
  // Ctrl+C reaches the console as well, which finishes what is under way: it is waited for.
  const patient = () => undefined;
  process.on("SIGINT", patient);
  const console = spawn(process.execPath, [RUNNER, "console", "--project", project], { stdio: "inherit" });
  await new Promise((resolve) => console.once("close", resolve));
  process.off("SIGINT", patient);
}
