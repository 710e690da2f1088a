import yargs from "yargs";
import { type Command, PROJECT } from "./command.js";
import { explainCommand } from "./commands/explain.js";
import { initCommand } from "./commands/init.js";
import { logsCommand } from "./commands/logs.js";
import { reportCommand } from "./commands/report.js";
import { retryRejectedCommand } from "./commands/retry-rejected.js";
import { statusCommand } from "./commands/status.js";
import { syncCommand } from "./commands/sync.js";
import { verifyCommand } from "./commands/verify.js";
import { messageOf } from "./errors.js";
import type { Host } from "./host.js";

/** In the order in which people need them. */
const COMMANDS: readonly Command[] = [
  initCommand,
  syncCommand,
  statusCommand,
  logsCommand,
  retryRejectedCommand,
  verifyCommand,
  explainCommand,
  reportCommand,
];

const EPILOGUE =
  "Ends with 0 when it was done, 1 when a sync has failed or not all is as it should be, 2 when the command line or the project has to be corrected, 3 when another sync of the project is under way. Stopped by a signal, it ends by that signal.";

/** What the command line asks for. */
export type Asked =
  | { readonly kind: "command"; run(host: Host): Promise<number> }
  | { readonly kind: "text"; readonly text: string; readonly isMistake: boolean };

/** Reads the arguments that follow the executable's name. Never prints and never exits. */
export async function parseCommandLine(args: readonly string[], version: string): Promise<Asked> {
  let asked: Asked | undefined;
  const parser = yargs([])
    .scriptName("flowcode-iterable")
    .usage("$0 <command>\n\nBrings contacts from Flowcode into Iterable, on this machine.")
    .version(version)
    .locale("en")
    .strict()
    .demandCommand(1, "Name a command.")
    .recommendCommands()
    .exitProcess(false)
    .wrap(100)
    .epilogue(EPILOGUE);
  for (const one of COMMANDS) {
    parser.command(
      one.usage,
      one.describe,
      (of) => {
        for (const [name, option] of Object.entries(one.positionals)) of.positional(name, option);
        of.options({ project: PROJECT, ...one.options });
        if (one.details !== undefined) of.usage(`$0 ${one.usage}\n\n${one.describe}.\n\n${one.details}`);
        return of.example(one.examples.map(([line, does]) => [line, does]));
      },
      (given) => {
        asked = { kind: "command", run: (host) => one.perform(given, host) };
      },
    );
  }
  let text = "";
  let isMistake = false;
  try {
    const given = args.length === 0 ? ["--help"] : [...args];
    await parser.parseAsync(given, {}, (error: Error | null | undefined, _given: unknown, output: string) => {
      text = output;
      isMistake = error !== undefined && error !== null;
    });
  } catch (error) {
    isMistake = true;
    text ||= messageOf(error);
  }
  if (asked && !isMistake) return asked;
  return { kind: "text", text, isMistake: isMistake || args.length === 0 };
}
