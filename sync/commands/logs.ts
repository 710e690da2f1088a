import { command, JSON_FORM, RUN } from "../command.js";
import { EXIT, Unusable } from "../errors.js";
import type { Folder } from "../project/folder.js";
import { meaningOf, stageText } from "../report/reasons.js";
import { totalsOf } from "../report/tallies.js";
import { type Verdict, verdictOn } from "../report/verdict.js";
import { lastRuns, outcomeOf, runToShow } from "../runs/archive.js";
import { readRejects } from "../runs/rejects.js";
import { countsOf, type Run } from "../runs/run.js";
import { harmless } from "../terminal/harmless.js";
import { kindOf, runText } from "../terminal/run-text.js";
import { type Cell, table } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { counted, local, many } from "../terminal/words.js";

export const logsCommand = command({
  usage: "logs [run]",
  describe: "List the last runs, show one run in full, or list the contacts it rejected",
  positionals: { run: RUN },
  options: {
    failed: { type: "boolean", default: false, describe: "List each rejected contact with its reason" },
    "show-data": {
      type: "boolean",
      default: false,
      implies: "failed",
      describe: "Show the contacts' data too",
    },
    last: { type: "number", default: 20, requiresArg: true, describe: "How many runs to list" },
    json: JSON_FORM,
  },
  examples: [
    ["$0 logs", "List the last runs"],
    ["$0 logs 12", "Everything about run 12"],
    ["$0 logs 12 --failed", "Each contact that run 12 rejected, and why, without personal data"],
    ["$0 logs 12 --failed --show-data", "The same with the data"],
  ],
  async run(given, folder, { terminal, now }) {
    if (given.run === undefined && !given.failed) return listRuns(given, folder, terminal);
    const run = await runToShow(folder, given.run);
    if (given.failed) return listRejects(run, given, folder, terminal);
    const outcome = await outcomeOf(run);
    if (given.json) terminal.printJson({ ...run, outcome });
    else terminal.print(runText(run, verdictOn(run, outcome), { now: now(), columns: terminal.columns }));
    return EXIT.done;
  },
});

interface Form {
  readonly json: boolean;
}

async function listRuns(
  { last, json }: Form & { readonly last: number },
  folder: Folder,
  terminal: Terminal,
): Promise<number> {
  if (!(last >= 1)) throw new Unusable("--last takes a number of runs, 1 or more");
  const runs = await Promise.all(
    (await lastRuns(folder, last)).map(async (run) => ({ run, outcome: await outcomeOf(run) })),
  );
  if (json) terminal.printJson(runs.map(({ run, outcome }) => ({ ...run, outcome })));
  else if (runs.length === 0)
    terminal.print("This project has not run yet. Begin with: flowcode-iterable sync");
  else {
    const titles = ["RUN", "STARTED", "BY", "OUTCOME", "READ", "DELIVERED", "KEPT", "REJECTED"];
    const rows = runs.map(({ run, outcome }) => rowOf(run, verdictOn(run, outcome)));
    terminal.print(table(titles, rows, terminal.columns));
  }
  return EXIT.done;
}

function rowOf(run: Run, { word, tone, sign }: Verdict): Cell[] {
  const totals = totalsOf(run);
  const { read, settled, rejected } = countsOf(run);
  return [
    String(run.number),
    local(run.started.at),
    kindOf(run),
    { text: `${sign} ${word}`, tone },
    many(read),
    ...(totals ? [many(totals.delivered), many(totals.kept)] : [`${many(settled)} or kept`, ""]),
    many(totals?.rejected ?? rejected),
  ];
}

/** Lists contacts one by one, however many there are, after what their reasons mean. */
async function listRejects(
  run: Run,
  given: Form & { readonly "show-data": boolean },
  folder: Folder,
  terminal: Terminal,
): Promise<number> {
  let count = 0;
  const explained = new Set<string>();
  for await (const { data, ...rejection } of readRejects(folder, run)) {
    count += 1;
    if (given.json) {
      terminal.printJson(given["show-data"] ? { ...rejection, data } : rejection);
      continue;
    }
    const { stream, line, stage, field, reason } = rejection;
    const { means, remedy } = meaningOf(reason);
    const subject = field === null ? "" : `${harmless(field)}: `;
    terminal.print(
      `${harmless(stream)}, line ${many(line)}: ${subject}${harmless(means)} (${harmless(reason)}, ${harmless(stageText(stage))})`,
    );
    if (remedy !== "" && !explained.has(reason)) terminal.print(`  What to do: ${remedy}`);
    explained.add(reason);
    if (given["show-data"])
      terminal.print(`  ${data === undefined ? "nothing was kept" : harmless(JSON.stringify(data))}`);
  }
  if (!given.json)
    terminal.print(
      count === 0
        ? `Run ${run.number} rejected no contact.`
        : `${counted(count, "rejected contact")} in run ${run.number}.`,
    );
  return EXIT.done;
}
