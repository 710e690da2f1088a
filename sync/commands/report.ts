import { join, resolve } from "node:path";
import { command, RUN } from "../command.js";
import { codeOf, EXIT, Unusable } from "../errors.js";
import { PAGE_MARK, replaceMarked } from "../project/own-file.js";
import { reportPage } from "../report/page.js";
import { outcomeOf, runToShow } from "../runs/archive.js";

export const reportCommand = command({
  usage: "report [run]",
  describe: "Write a run as a web page: outcome, counts, reasons, throughput, what to do next",
  details:
    "The page is one file without personal data: read it on a phone, print it, pass it on. Only you can read the file.",
  positionals: { run: RUN },
  options: {
    output: {
      type: "string",
      requiresArg: true,
      describe: "File to write; report-RUN.html in the project's folder if left out",
    },
  },
  examples: [
    ["$0 report", "The last run, into report-RUN.html"],
    ["$0 report 12 --output run.html", "Run 12, into a file of your choice"],
  ],
  async run(given, folder, { terminal, cwd, now, version }) {
    const run = await runToShow(folder, given.run);
    const page = reportPage(run, await outcomeOf(run), {
      at: new Date(now()).toISOString(),
      version,
    });
    const { output } = given;
    const path = output === undefined ? join(folder.path, `report-${run.number}.html`) : resolve(cwd, output);
    try {
      await replaceMarked(path, page, PAGE_MARK);
    } catch (error) {
      if (error instanceof Unusable) throw error;
      throw new Unusable(
        `the report cannot be written to "${path}" (${codeOf(error)}): name another file with --output`,
      );
    }
    terminal.print(path);
    return EXIT.done;
  },
});
