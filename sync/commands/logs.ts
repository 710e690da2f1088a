import { command, JSON_FORM, RUN } from "../command.js";
import { EXIT, Unusable } from "../errors.js";
import { lastRuns, outcomeOf, runToShow } from "../runs/archive.js";
import { readRejects } from "../runs/rejects.js";
import { countsOf } from "../runs/run.js";
import { many } from "../terminal/progress.js";
import { kindOf, local, runText } from "../terminal/run-text.js";
import { table } from "../terminal/table.js";

export const logsCommand = command({
  usage: "logs [run]",
  describe: "The last runs, or one run in full, or the contacts that it has rejected",
  positionals: { run: RUN },
  options: {
    failed: { type: "boolean", default: false, describe: "List each rejected contact with its reason" },
    "show-data": {
      type: "boolean",
      default: false,
      implies: "failed",
      describe: "Show the data of the contacts too",
    },
    last: { type: "number", default: 20, requiresArg: true, describe: "How many runs are listed" },
    json: JSON_FORM,
  },
  examples: [
    ["$0 logs", "List the last runs"],
    ["$0 logs 12", "All that is known of run 12"],
    ["$0 logs 12 --failed", "Each contact that run 12 has rejected, and why, without anybody's data"],
    ["$0 logs 12 --failed --show-data", "The same with the data"],
  ],
  async run(given, folder, { terminal }) {
    const { json } = given;
    if (given.run === undefined && !given.failed) {
      if (!(given.last >= 1)) throw new Unusable("--last takes a number of runs, 1 or more");
      const runs = await Promise.all(
        (await lastRuns(folder, given.last)).map(async (run) => ({ run, outcome: await outcomeOf(run) })),
      );
      if (json) terminal.print(JSON.stringify(runs.map(({ run, outcome }) => ({ ...run, outcome }))));
      else if (runs.length === 0)
        terminal.print("This project has not run yet: begin with flowcode-iterable sync.");
      else {
        const rows = runs.map(({ run, outcome }) => {
          const { read, settled, rejected } = countsOf(run);
          return [
            String(run.number),
            local(run.started.at),
            kindOf(run),
            outcome,
            many(read),
            many(settled),
            many(rejected),
          ];
        });
        terminal.print(table(["RUN", "STARTED", "BY", "OUTCOME", "READ", "CONFIRMED", "REJECTED"], rows));
      }
      return EXIT.done;
    }
    const run = await runToShow(folder, given.run);
    if (!given.failed) {
      const outcome = await outcomeOf(run);
      terminal.print(json ? JSON.stringify({ ...run, outcome }) : runText(run, outcome));
      return EXIT.done;
    }
    let count = 0;
    for await (const { data, ...rejection } of readRejects(folder, run)) {
      count += 1;
      const shown = given["show-data"] ? { ...rejection, data } : rejection;
      if (json) terminal.print(JSON.stringify(shown));
      else {
        const { stream, line, stage, field, reason } = rejection;
        terminal.print(`${stream}, line ${line}: ${field === null ? "" : `${field}: `}${reason} (${stage})`);
        if (given["show-data"])
          terminal.print(`  ${data === undefined ? "nothing was kept" : JSON.stringify(data)}`);
      }
    }
    if (count === 0 && !json) terminal.print(`Run ${run.number} has rejected no contact.`);
    return EXIT.done;
  },
});
