import { spawn } from "node:child_process";
import { once } from "node:events";
import { platform } from "node:os";
import { fileURLToPath } from "node:url";
import { EXIT, Unusable } from "../errors.js";
import type { Host } from "../host.js";
import type { Folder } from "../project/folder.js";
import { type ConsoleOptions, openConsole } from "./console.js";
import { askForLink } from "./link.js";
import { readPages } from "./pages.js";

/** Beside the runner's own program, wherever that is installed. */
const PAGES = fileURLToPath(new URL("../console/", import.meta.url));

type Wanted = Pick<ConsoleOptions, "folder" | "host" | "address" | "port" | "origin" | "password"> & {
  /** Whether a browser is opened. */
  readonly opens: boolean;
};

/** Opens the console and resolves when it was stopped. */
export async function runConsole({ opens, ...wanted }: Wanted): Promise<void> {
  const { folder, host } = wanted;
  const opened = await openConsole({
    ...wanted,
    pages: await readPages(PAGES),
  });
  const link = opened.link();
  host.terminal.print(
    `The console of ${folder.path} is open:  ${link}  (works once, for 10 minutes; a new link: flowcode-iterable console --link)`,
  );
  host.terminal.print(`${await opened.outlook()} Ctrl+C stops both.`);
  if (opens) openBrowser(link);
  if (!host.signal.aborted) await once(host.signal, "abort");
  await opened.close();
  host.terminal.say(
    "The console is closed: nothing syncs by itself any more, unless something else does. Keep it running: flowcode-iterable service install",
  );
}

/** Prints a link for the console that is open. Throws Unusable where none is. */
export async function printLink(folder: Folder, host: Host): Promise<number> {
  const found = await askForLink(folder, host.signal);
  if (found === undefined)
    throw new Unusable("no console of this project is open: start one with flowcode-iterable console");
  host.terminal.print(found);
  return EXIT.done;
}

/** Opens a link in the person's browser; where there is none, the link was printed. */
function openBrowser(link: string): void {
  const [program, ...args] =
    platform() === "darwin"
      ? ["open", link]
      : platform() === "win32"
        ? ["explorer", link]
        : ["xdg-open", link];
  const browser = spawn(program as string, args, { stdio: "ignore", detached: true });
  browser.on("error", () => undefined);
  browser.unref();
}
