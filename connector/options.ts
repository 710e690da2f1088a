/** The last one counts where an option is given twice. */
const FILE = { type: "string", requiresArg: true } as const;
export const CONFIG = {
  ...FILE,
  alias: "c",
  describe: "File with the configuration (JSON), or ENV; of several the later wins",
} as const;
export const CATALOG = { ...FILE, describe: "File with the configured catalog (JSON)" } as const;
export const STATE = { ...FILE, alias: "s", describe: "File with the state of an earlier run" } as const;
export const SAMPLE = {
  ...FILE,
  describe: "File with records to try it on, as a source prints them; - for standard input",
} as const;
export const NEEDED = { demandOption: true } as const;
export const REPLAY = {
  choices: ["fill_missing", "overwrite"] as const,
  default: "fill_missing" as const,
  describe: "How lines of a rejects file on the input are written",
};
export const DRY_RUN = {
  type: "boolean",
  default: false,
  describe: "Look everybody up and count how they would end, but write nothing",
} as const;
export const ABOUT = {
  type: "boolean",
  describe: "Singer: print what this is and which settings it has",
} as const;
export const FORMAT = {
  choices: ["text", "json", "markdown"] as const,
  default: "text" as const,
  describe: "Form of --about",
};
export const DISCOVER = { type: "boolean", alias: "d", describe: "Singer: print the catalog" } as const;
export const DISCOVERS = {
  source: "Print the streams and their fields",
  destination: "Print the objects that can be written, and their fields",
} as const;
/** As the Meltano SDK has them. */
export const TEST = {
  type: "string",
  describe: "Singer: print one record of each stream (all), or the SCHEMA messages alone (schema)",
} as const;
export const SINGER_CATALOG = { ...CATALOG, alias: ["properties", "p"] } as const;
export const UNUSED_STATE = {
  ...STATE,
  describe: "Singer: accepted and not used, for a target has no state",
} as const;
export const JSON_FORM = {
  type: "boolean",
  default: false,
  describe: "Print JSON instead of a table",
} as const;
export const JSON_LINES = {
  type: "boolean",
  default: false,
  describe: "Print a line of JSON for each contact",
} as const;
export const INPUT = { ...FILE, describe: "Singer: file to read instead of standard input" } as const;
