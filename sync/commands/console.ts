import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { command } from "../command.js";
import { codeOf, EXIT, Unusable } from "../errors.js";
import type { Host } from "../host.js";

const PORT = 8788;

export const consoleCommand = command({
  usage: "console",
  describe: "Open the web console: connect, map, choose a frequency, sync, read the logs",
  details:
    "The console listens on this machine alone. Its link works once, for ten minutes. While it is open, it syncs by the schedule, unless something else does.",
  options: {
    port: {
      type: "number",
      default: PORT,
      requiresArg: true,
      describe: "Port to listen on; the next free one if taken",
    },
    open: { type: "boolean", default: true, describe: "Open a browser (--no-open: only print the link)" },
    link: { type: "boolean", default: false, describe: "Print a new link for the console that is open" },
    host: { type: "string", default: "127.0.0.1", requiresArg: true, describe: "Address to listen on" },
    origin: {
      type: "string",
      requiresArg: true,
      describe: "Where browsers find the console, behind a proxy or a published port",
    },
    "password-file": {
      type: "string",
      requiresArg: true,
      describe: "File with a password that is asked for beside the link",
    },
  },
  examples: [
    ["$0 console", "Open the console of this project"],
    ["$0 console --link", "A new link for it"],
  ],
  async run(given, folder, host) {
    // Loaded by this command alone: the others stay as light as they are.
    const { printLink, runConsole } = await import("../console/run.js");
    if (given.link) return printLink(folder, host);
    if (!(Number.isInteger(given.port) && given.port >= 0 && given.port <= 65_535))
      throw new Unusable("--port takes a number from 0 to 65535");
    const password = await passwordIn(given["password-file"], host);
    checkReach(given.host, given.origin, password);
    const { port, open, origin } = given;
    await runConsole({ folder, host, port, opens: open, address: given.host, origin, password });
    return EXIT.done;
  },
});

/** Refuses to listen where others can reach it, unless a proxy and a password stand in between. */
function checkReach(address: string, origin: string | undefined, password: string | undefined): void {
  const published = origin === undefined ? undefined : originOf(origin);
  if (isLoopback(address)) return;
  if (published && isLoopback(published.hostname.replace(/^\[|\]$/g, ""))) return;
  if (published?.protocol === "https:" && password !== undefined) return;
  throw new Unusable(
    `--host ${address} lets others reach the console: give --origin https://… (behind a proxy that speaks TLS) and --password-file as well. To use the console of another machine, keep it on loopback and run: ssh -L ${PORT}:127.0.0.1:${PORT} host`,
  );
}

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw new Unusable("--origin takes the beginning of an address, such as https://sync.example.com");
  return url;
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

async function passwordIn(file: string | undefined, { cwd }: Host): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(resolve(cwd, file), "utf8").catch((error: unknown) => {
    throw new Unusable(`the password in "${file}" cannot be read (${codeOf(error)})`);
  });
  const password = text.replace(/\r?\n$/, "");
  if (password.length < 12) throw new Unusable(`the password in "${file}" is shorter than 12 characters`);
  return password;
}
