import { setTimeout } from "node:timers/promises";
import { command, JSON_FORM, RUN } from "../command.js";
import { verifiedData, verifyRun } from "../compare/verified.js";
import { EXIT, Unusable } from "../errors.js";
import { readSettings } from "../project/settings.js";
import { verdictOn } from "../report/verdict.js";
import { outcomeOf, runToShow } from "../runs/archive.js";
import { verifyText } from "../terminal/verify-text.js";

/** As many contacts are held at most. */
const MOST = 100_000;

export const verifyCommand = command({
  usage: "verify [run]",
  describe: "Compare contacts of a run with what Iterable holds, and its counts with each other",
  details:
    "Contacts are not kept, so they are read from Flowcode again, from where the run started, and mapped by the settings of today. Those that were converted again since, and profiles that were changed since, are told apart by their times: what they were then cannot be told any more. After a run with --limit, or one that was cut short, as many are read as it has read. Exit status 1 if something differs.",
  positionals: { run: RUN },
  options: {
    sample: {
      type: "number",
      default: 20,
      requiresArg: true,
      describe: "Number of contacts, chosen at random",
    },
    all: { type: "boolean", default: false, describe: `Every contact, up to ${MOST}` },
    "show-data": {
      type: "boolean",
      default: false,
      describe: "Show the data of contacts that differ: personal data",
    },
    json: JSON_FORM,
  },
  examples: [
    ["$0 verify", "Compare 20 contacts of the last run"],
    ["$0 verify 12 --all", "Every contact of run 12, at about 60 a second"],
    ["$0 verify --show-data", "Show the values that differ, and whose they are"],
  ],
  async run(given, folder, host) {
    const { terminal } = host;
    const { json } = given;
    if (!(Number.isInteger(given.sample) && given.sample >= 1 && given.sample <= MOST))
      throw new Unusable(`--sample takes a whole number of contacts, from 1 to ${MOST}`);
    const settings = await readSettings(folder);
    const run = await runToShow(folder, given.run);
    const outcome = await outcomeOf(run);
    if (outcome === "running")
      throw new Unusable(`run ${run.number} is still under way: verify it when it has ended`);
    const size = given.all ? MOST : given.sample;
    const found = await verifyRun(
      {
        folder,
        settings,
        run,
        size,
        sleep: (ms) => setTimeout(ms, undefined, { signal: host.signal }).catch(() => undefined),
        onProgress: terminal.rewrite,
      },
      outcome,
      host,
    );
    terminal.rewrite("");
    const { verification, counts } = found;
    const shows = given["show-data"];
    if (json) terminal.printJson(verifiedData(found, shows));
    else terminal.print(verifyText(run, verdictOn(run, outcome), verification, counts, shows));
    return counts.problems.length === 0 ? EXIT.done : EXIT.failed;
  },
});
