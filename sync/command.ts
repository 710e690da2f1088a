import type { InferredOptionTypes, Options, PositionalOptions } from "yargs";
import type { Host } from "./host.js";
import { type Folder, folderAt } from "./project/folder.js";

type OptionsOf = Record<string, Options>;
type Positionals = Record<string, PositionalOptions>;

/** Something that the program does. Its options are declared once; what they bring has their types. */
export interface Declaration<Declared extends OptionsOf, Placed extends Positionals> extends Described {
  readonly options: Declared;
  /** What is told apart by its place alone: the `run` of `logs [run]`. */
  readonly positionals?: Placed;
  /** Resolves with what the process is to end with. Throws Unusable and Busy for people to read. */
  run(given: InferredOptionTypes<Declared & Placed>, folder: Folder, host: Host): Promise<number>;
}

/** A command whose options are nobody else's affair. */
export interface Command extends Described {
  readonly options: OptionsOf;
  readonly positionals: Positionals;
  perform(given: unknown, host: Host): Promise<number>;
}

/** What the help text says. */
interface Described {
  /** As it is called, with its arguments: `logs [run]`. */
  readonly usage: string;
  readonly describe: string;
  /** What there is to know beside that. */
  readonly details?: string;
  /** Command lines as people type them, and what they do. */
  readonly examples: readonly (readonly [command: string, does: string])[];
}

/** The option that every command has. */
export const PROJECT = {
  type: "string",
  requiresArg: true,
  default: ".",
  describe: "Folder of the project",
} as const satisfies Options;

export const JSON_FORM = {
  type: "boolean",
  default: false,
  describe: "Print JSON, for programs",
} as const satisfies Options;

/** A number of a run, told by its place. */
export const RUN = {
  type: "number",
  describe: "Number of a run; the last one if left out",
} as const satisfies Options;

export function command<Declared extends OptionsOf, Placed extends Positionals>(
  declared: Declaration<Declared, Placed>,
): Command {
  const { run, positionals = {}, ...described } = declared;
  return {
    ...described,
    positionals,
    perform(given, host) {
      const { project } = given as { readonly project: string };
      return run(given as InferredOptionTypes<Declared & Placed>, folderAt(project), host);
    },
  };
}
