import yargs, { type Argv } from "yargs";
import type { Inspection, LookUp } from "./connector.js";
import { messageOf } from "./errors.js";
import type {
  AirbyteInvocation,
  InspectionInvocation,
  Invocation,
  Replay,
  SingerInvocation,
} from "./invocation.js";
import * as options from "./options.js";

/** What is known of the connector whose command line it is. */
interface Described {
  readonly name: string;
  readonly kind: "source" | "destination";
  readonly version: string;
  readonly inspection?: Pick<Inspection<never>, "verb" | "describe" | "takesCatalog" | "takesSample">;
  readonly lookUp?: Pick<LookUp<never>, "verb" | "describe">;
}

/** What yargs finds: a list where an option is given more than once. */
interface Found {
  readonly config?: string | readonly string[];
  readonly catalog?: string | readonly string[];
  readonly state?: string | readonly string[];
  readonly input?: string | readonly string[];
  readonly sample?: string | readonly string[];
  readonly replay?: Replay;
  readonly "dry-run"?: boolean;
  readonly about?: boolean;
  readonly format?: SingerInvocation["format"];
  readonly discover?: boolean;
  readonly test?: string | readonly string[];
  readonly json?: boolean;
}

/** Takes what a command has found. */
type Take = (invocation: Invocation) => void;

/** Reads the arguments that follow the executable's name. Never prints and never exits. */
export async function parseArguments(args: readonly string[], connector: Described): Promise<Invocation> {
  let invocation: Invocation | undefined;
  const take: Take = (found) => {
    invocation = found;
  };
  const parser = yargs([]).scriptName(connector.name).version(connector.version).strict().exitProcess(false);
  addCommonVerbs(parser, connector, take);
  addVerbsForPeople(parser, connector, take);
  if (connector.kind === "source") addSourceVerbs(parser, take);
  else addDestinationVerbs(parser, take);

  const { text, failed } = await parse(parser, args);
  return invocation && !failed
    ? invocation
    : { dialect: undefined, text, failed: failed || args.length === 0 };
}

/** Runs the parser, which calls the command's handler. What it has to say is text. */
async function parse(parser: Argv, args: readonly string[]): Promise<{ text: string; failed: boolean }> {
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
  return { text, failed };
}

function addCommonVerbs(parser: Argv, { kind }: Described, take: Take): void {
  const { CONFIG: config, DISCOVERS } = options;
  parser
    .command("spec", "Print which settings the connector has", {}, () => take(airbyte("spec", {})))
    .command("check", "Prove that the configuration works", { config }, (found) =>
      take(airbyte("check", found as Found)),
    )
    .command("discover", DISCOVERS[kind], { config }, (found) => take(airbyte("discover", found as Found)));
}

function addVerbsForPeople(parser: Argv, { inspection, lookUp }: Described, take: Take): void {
  const { CONFIG: config, CATALOG: catalog, NEEDED, SAMPLE, JSON_FORM, JSON_LINES } = options;
  if (inspection) {
    const { verb, describe, takesCatalog, takesSample } = inspection;
    const taken = {
      config,
      ...(takesCatalog && { catalog: { ...catalog, ...NEEDED } }),
      ...(takesSample && { sample: SAMPLE }),
      json: JSON_FORM,
    };
    parser.command(verb, describe, taken, (found) => take(forPeople("inspect", found as Found)));
  }
  if (lookUp) {
    const taken = { config, catalog, json: JSON_LINES };
    parser.command(lookUp.verb, lookUp.describe, taken, (found) =>
      take(forPeople("look-up", found as Found)),
    );
  }
}

function addSourceVerbs(parser: Argv, take: Take): void {
  const {
    CONFIG: config,
    CATALOG,
    NEEDED,
    STATE: state,
    SINGER_CATALOG,
    DISCOVER,
    TEST,
    ABOUT,
    FORMAT,
  } = options;
  const read = { config, catalog: { ...CATALOG, ...NEEDED }, state };
  const bare = {
    config,
    catalog: SINGER_CATALOG,
    state,
    discover: DISCOVER,
    test: TEST,
    about: ABOUT,
    format: FORMAT,
  };
  parser
    .command("read", "Print the records of the configured streams", read, (found) =>
      take(airbyte("read", found as Found)),
    )
    .command("$0", "Singer: print the records of the selected streams", bare, (found) =>
      take(singer(found as Found)),
    );
}

function addDestinationVerbs(parser: Argv, take: Take): void {
  const {
    CONFIG: config,
    CATALOG,
    NEEDED,
    REPLAY: replay,
    DRY_RUN,
    SINGER_CATALOG,
    INPUT,
    ABOUT,
    FORMAT,
  } = options;
  const write = { config, catalog: { ...CATALOG, ...NEEDED }, replay, "dry-run": DRY_RUN };
  const bare = {
    config,
    catalog: SINGER_CATALOG,
    state: options.UNUSED_STATE,
    input: INPUT,
    replay,
    about: ABOUT,
    format: FORMAT,
  };
  parser
    .command("write", "Write the records on standard input, print the states that are safe", write, (found) =>
      take(airbyte("write", found as Found)),
    )
    .command(
      "$0",
      "Singer: write the records on standard input, print the states that are safe",
      bare,
      (found) => take(singer(found as Found)),
    );
}

const all = (given: string | readonly string[] | undefined): readonly string[] => [given ?? []].flat();
const last = (given: string | readonly string[] | undefined): string | undefined => all(given).at(-1);

function files({ config, catalog, state, replay = "fill_missing" }: Found) {
  return { config: all(config), catalog: last(catalog), state: last(state), replay };
}

function airbyte(verb: AirbyteInvocation["verb"], found: Found): AirbyteInvocation {
  return { dialect: "airbyte", verb, ...files(found), rehearses: found["dry-run"] ?? false };
}

function singer(found: Found): SingerInvocation {
  return {
    dialect: "singer",
    verb: found.about ? "about" : found.discover ? "discover" : "sync",
    test: testOf(last(found.test)),
    ...files(found),
    input: last(found.input),
    format: found.format ?? "text",
  };
}

/** Bare `--test` is `--test=all`. */
function testOf(given: string | undefined): SingerInvocation["test"] {
  if (given === undefined || given === "schema") return given;
  if (given === "" || given === "all") return "all";
  throw new Error("--test takes all or schema");
}

function forPeople(verb: InspectionInvocation["verb"], found: Found): InspectionInvocation {
  const { config, catalog } = files(found);
  return { dialect: "people", verb, config, catalog, sample: last(found.sample), json: found.json ?? false };
}
