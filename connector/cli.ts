import yargs from "yargs";
import { messageOf } from "./errors.js";

/** What the command line asks for. Paths name files whose extension says nothing. */
export interface Invocation {
  readonly verb: "spec" | "check" | "discover" | "read" | "write";
  readonly config: string | undefined;
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  readonly replay: "fill_missing" | "overwrite";
}

type Options = { [name in "config" | "catalog" | "state"]?: string | undefined } & {
  replay?: Invocation["replay"];
};

/** Text for a person instead of work to do: help, the version, or what is wrong with the command line. */
export interface Explanation {
  readonly verb: "explain";
  readonly text: string;
  readonly failed: boolean;
}

const CONFIG = { type: "string", requiresArg: true, describe: "File with the configuration (JSON)" } as const;
const CATALOG = {
  type: "string",
  requiresArg: true,
  demandOption: true,
  describe: "File with the configured catalog (JSON)",
} as const;
const STATE = {
  type: "string",
  requiresArg: true,
  describe: "File with the state of an earlier run",
} as const;
const REPLAY = {
  choices: ["fill_missing", "overwrite"] as const,
  default: "fill_missing" as const,
  describe: "How lines of a rejects file on the input are written",
};

/** Reads the arguments that follow the executable's name. Never prints and never exits. */
export async function parseArguments(
  args: readonly string[],
  connector: { readonly name: string; readonly kind: "source" | "destination"; readonly version: string },
): Promise<Invocation | Explanation> {
  let invocation: Invocation | undefined;
  const take = (verb: Invocation["verb"], found: Options = {}) => {
    const { config, catalog, state, replay = "fill_missing" } = found;
    invocation = { verb, config, catalog, state, replay };
  };

  const parser = yargs([])
    .scriptName(connector.name)
    .version(connector.version)
    .strict()
    .exitProcess(false)
    .demandCommand(1, "Name a command.")
    .command("spec", "Print which settings the connector has", {}, () => take("spec"))
    .command("check", "Prove that the configuration works", { config: CONFIG }, (found) =>
      take("check", found),
    );
  if (connector.kind === "source") {
    parser
      .command("discover", "Print the streams and their fields", { config: CONFIG }, (found) =>
        take("discover", found),
      )
      .command(
        "read",
        "Print the records of the configured streams",
        { config: CONFIG, catalog: CATALOG, state: STATE },
        (found) => take("read", found),
      );
  } else {
    parser.command(
      "write",
      "Write the records on standard input, print the states that are safe",
      { config: CONFIG, catalog: CATALOG, replay: REPLAY },
      (found) => take("write", found),
    );
  }

  let text = "";
  let failed = false;
  try {
    await parser.parseAsync([...args], {}, (error: Error | undefined, _found: unknown, output: string) => {
      text = output;
      failed = error !== undefined && error !== null;
    });
  } catch (error) {
    failed = true;
    text ||= messageOf(error);
  }
  if (invocation && !failed) return invocation;
  return { verb: "explain", text, failed };
}
