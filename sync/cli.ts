import yargs from "yargs";
import { type Command, PROJECT } from "./command.js";
import { checkCommand } from "./commands/check.js";
import { completionCommand } from "./commands/completion.js";
import { consoleCommand } from "./commands/console.js";
import { explainCommand } from "./commands/explain.js";
import { fieldsCommand } from "./commands/fields.js";
import { initCommand } from "./commands/init.js";
import { logsCommand } from "./commands/logs.js";
import { metricsCommand } from "./commands/metrics.js";
import { reportCommand } from "./commands/report.js";
import { retryRejectedCommand } from "./commands/retry-rejected.js";
import { serviceCommand } from "./commands/service.js";
import { statusCommand } from "./commands/status.js";
import { syncCommand } from "./commands/sync.js";
import { undoCommand } from "./commands/undo.js";
import { verifyCommand } from "./commands/verify.js";
import { messageOf } from "./errors.js";
import type { Host } from "./host.js";

/** In the order in which people need them. */
const COMMANDS: readonly Command[] = [
  initCommand,
  consoleCommand,
  checkCommand,
  fieldsCommand,
  syncCommand,
  statusCommand,
  logsCommand,
  retryRejectedCommand,
  undoCommand,
  verifyCommand,
  explainCommand,
  reportCommand,
  serviceCommand,
  metricsCommand,
  completionCommand(() => COMMANDS),
];

/** What can follow the name of the program. */
export const COMMAND_NAMES: ReadonlySet<string> = new Set(
  COMMANDS.map(({ usage }) => usage.split(" ")[0] as string),
);

const EPILOGUE =
  "Exit status: 0 success; 1 a sync failed, or something is wrong; 2 the command line or the project needs correcting; 3 another sync of the project is running. Stopped by a signal, it ends by that signal.";

/** What the command line asks for. */
export type Asked =
  | { readonly kind: "command"; run(host: Host): Promise<number> }
  | { readonly kind: "text"; readonly text: string; readonly isMistake: boolean };

/** What the help text is made for. */
export interface HelpStyle {
  readonly version: string;
  /** How the program was called. */
  readonly program: string;
  readonly columns: number;
}

/** Help is hard to read where its lines are longer. */
const MOST_COLUMNS = 100;

/** Reads the arguments that follow the executable's name. Never prints and never exits. */
export async function parseCommandLine(
  args: readonly string[],
  { version, program, columns }: HelpStyle,
): Promise<Asked> {
  let asked: Asked | undefined;
  const parser = yargs([])
    .scriptName(program)
    .usage("$0 <command>\n\nSends contacts from Flowcode to Iterable, on this machine.")
    .version(version)
    .locale("en")
    .strict()
    .demandCommand(1, "Name a command.")
    .recommendCommands()
    .exitProcess(false)
    .wrap(Math.min(columns, MOST_COLUMNS))
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
