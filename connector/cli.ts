import yargs from "yargs";
import type { Inspection, LookUp } from "./connector.js";
import { messageOf } from "./errors.js";

/** What the command line asks for. Paths name files whose extension says nothing. */
export type Invocation = AirbyteInvocation | SingerInvocation | InspectionInvocation | Explanation;

/** A subcommand is Airbyte's form. */
export interface AirbyteInvocation {
  readonly dialect: "airbyte";
  readonly verb: "spec" | "check" | "discover" | "read" | "write";
  readonly config: string | undefined;
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  readonly replay: Replay;
  /** Nothing is written, and nothing acknowledged. */
  readonly rehearses: boolean;
}

/** Bare flags are Singer's form. */
export interface SingerInvocation {
  readonly dialect: "singer";
  readonly verb: "sync" | "discover" | "test" | "about";
  readonly config: string | undefined;
  readonly catalog: string | undefined;
  readonly state: string | undefined;
  /** A file to read instead of standard input. */
  readonly input: string | undefined;
  readonly format: "text" | "json" | "markdown";
  readonly replay: Replay;
}

/** One of the connector's own verbs, whose output is for people. */
export interface InspectionInvocation {
  readonly dialect: "people";
  readonly verb: "inspect" | "look-up";
  readonly config: string | undefined;
  readonly catalog: string | undefined;
  /** A file of records to look at, too; `-` for standard input. */
  readonly sample?: string | undefined;
  /** Whether programs are to read it. */
  readonly json: boolean;
}

/** Text for a person instead of work to do: help, the version, or what is wrong with the command line. */
export interface Explanation {
  readonly dialect: undefined;
  readonly text: string;
  readonly failed: boolean;
}

export type Replay = "fill_missing" | "overwrite";

const FILE = { type: "string", requiresArg: true } as const;
const CONFIG = { ...FILE, describe: "File with the configuration (JSON)" } as const;
const CATALOG = { ...FILE, describe: "File with the configured catalog (JSON)" } as const;
const STATE = { ...FILE, describe: "File with the state of an earlier run" } as const;
const SAMPLE = {
  ...FILE,
  describe: "File with records to try it on, as a source prints them; - for standard input",
} as const;
const NEEDED = { demandOption: true } as const;
const REPLAY = {
  choices: ["fill_missing", "overwrite"] as const,
  default: "fill_missing" as const,
  describe: "How lines of a rejects file on the input are written",
};
const DRY_RUN = {
  type: "boolean",
  default: false,
  describe: "Look everybody up and count how they would end, but write nothing",
} as const;
const ABOUT = { type: "boolean", describe: "Singer: print what this is and which settings it has" } as const;
const FORMAT = {
  choices: ["text", "json", "markdown"] as const,
  default: "text" as const,
  describe: "Form of --about",
};
const DISCOVER = { type: "boolean", describe: "Singer: print the catalog" } as const;
const DISCOVERS = {
  source: "Print the streams and their fields",
  destination: "Print the objects that can be written, and their fields",
} as const;
const TEST = { type: "boolean", describe: "Singer: prove that the configuration works" } as const;
const JSON_FORM = { type: "boolean", default: false, describe: "Print JSON instead of a table" } as const;
const JSON_LINES = {
  type: "boolean",
  default: false,
  describe: "Print a line of JSON for each contact",
} as const;
const INPUT = { ...FILE, describe: "Singer: file to read instead of standard input" } as const;

interface Found {
  readonly config?: string | undefined;
  readonly catalog?: string | undefined;
  readonly state?: string | undefined;
  readonly replay?: Replay | undefined;
  readonly "dry-run"?: boolean | undefined;
}

/** Reads the arguments that follow the executable's name. Never prints and never exits. */
export async function parseArguments(
  args: readonly string[],
  connector: {
    readonly name: string;
    readonly kind: "source" | "destination";
    readonly version: string;
    readonly inspection?: Pick<Inspection<never>, "verb" | "describe" | "takesCatalog" | "takesSample">;
    readonly lookUp?: Pick<LookUp<never>, "verb" | "describe">;
  },
): Promise<Invocation> {
  let invocation: Invocation | undefined;
  const files = ({ config, catalog, state, replay = "fill_missing" }: Found) => ({
    config,
    catalog,
    state,
    replay,
  });
  const airbyte = (verb: AirbyteInvocation["verb"], found: Found = {}) => {
    invocation = { dialect: "airbyte", verb, ...files(found), rehearses: found["dry-run"] ?? false };
  };
  const singer = (
    found: Found & {
      about?: boolean;
      format: SingerInvocation["format"];
      discover?: boolean;
      test?: boolean;
      input?: string;
    },
  ) => {
    const verb = found.about ? "about" : found.discover ? "discover" : found.test ? "test" : "sync";
    invocation = { dialect: "singer", verb, ...files(found), input: found.input, format: found.format };
  };

  const parser = yargs([])
    .scriptName(connector.name)
    .version(connector.version)
    .strict()
    .exitProcess(false)
    .command("spec", "Print which settings the connector has", {}, () => airbyte("spec"))
    .command("check", "Prove that the configuration works", { config: CONFIG }, (found) =>
      airbyte("check", found),
    )
    .command("discover", DISCOVERS[connector.kind], { config: CONFIG }, (found) =>
      airbyte("discover", found),
    );
  if (connector.inspection) {
    const { verb, describe, takesCatalog, takesSample } = connector.inspection;
    const options = {
      config: CONFIG,
      ...(takesCatalog && { catalog: { ...CATALOG, ...NEEDED } }),
      ...(takesSample && { sample: SAMPLE }),
      json: JSON_FORM,
    };
    parser.command(verb, describe, options, (found) => {
      const { config, catalog, sample, json } = found as Found & { sample?: string; json: boolean };
      invocation = { dialect: "people", verb: "inspect", config, catalog, sample, json };
    });
  }
  if (connector.lookUp) {
    const { verb, describe } = connector.lookUp;
    parser.command(verb, describe, { config: CONFIG, catalog: CATALOG, json: JSON_LINES }, (found) => {
      const { config, catalog, json } = found as Found & { json: boolean };
      invocation = { dialect: "people", verb: "look-up", config, catalog, json };
    });
  }
  if (connector.kind === "source") {
    parser
      .command(
        "read",
        "Print the records of the configured streams",
        { config: CONFIG, catalog: { ...CATALOG, ...NEEDED }, state: STATE },
        (found) => airbyte("read", found),
      )
      .command(
        "$0",
        "Singer: print the records of the selected streams",
        {
          config: CONFIG,
          catalog: CATALOG,
          state: STATE,
          discover: DISCOVER,
          test: TEST,
          about: ABOUT,
          format: FORMAT,
        },
        (found) => singer(found as Parameters<typeof singer>[0]),
      );
  } else {
    parser
      .command(
        "write",
        "Write the records on standard input, print the states that are safe",
        { config: CONFIG, catalog: { ...CATALOG, ...NEEDED }, replay: REPLAY, "dry-run": DRY_RUN },
        (found) => airbyte("write", found),
      )
      .command(
        "$0",
        "Singer: write the records on standard input, print the states that are safe",
        { config: CONFIG, catalog: CATALOG, input: INPUT, replay: REPLAY, about: ABOUT, format: FORMAT },
        (found) => singer(found as Parameters<typeof singer>[0]),
      );
  }

  let text = "";
  let failed = false;
  try {
    const given = args.length === 0 ? ["--help"] : [...args];
    await parser.parseAsync(given, {}, (error: Error | undefined, _found: unknown, output: string) => {
      text = output;
      failed = error !== undefined && error !== null;
    });
  } catch (error) {
    failed = true;
    text ||= messageOf(error);
  }
  return invocation && !failed
    ? invocation
    : { dialect: undefined, text, failed: failed || args.length === 0 };
}
