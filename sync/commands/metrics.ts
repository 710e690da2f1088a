import { basename, resolve } from "node:path";
import { command } from "../command.js";
import { EXIT } from "../errors.js";
import { exposition } from "../metrics/exposition.js";
import { gaugesOf } from "../metrics/gauges.js";
import { measure } from "../metrics/measure.js";
import { replaceMarked } from "../project/own-file.js";

/** By this an older file of the same kind is known. */
const MARK = "# HELP flowcode_iterable_";
/** node_exporter runs as another user. */
const MODE = 0o644;

export const metricsCommand = command({
  usage: "metrics",
  describe: "Print the project's numbers for Prometheus",
  details:
    "With --file they go into a file for node_exporter's textfile collector, whole or not at all, readable for everybody. They contain counts, reasons and field names, and no personal data.",
  options: {
    file: { type: "string", requiresArg: true, describe: "File to write, whose name ends in .prom" },
  },
  examples: [
    ["$0 metrics", "Print them"],
    ["$0 metrics --file /var/lib/node_exporter/my-sync.prom", "For node_exporter, by cron or after a sync"],
  ],
  async run({ file }, folder, { terminal, version, now, cwd }) {
    const text = exposition(gaugesOf(await measure(folder, version, now())), {
      project: basename(folder.path),
    });
    if (file === undefined) terminal.printExact(text);
    else await replaceMarked(resolve(cwd, file), text, MARK, MODE);
    return EXIT.done;
  },
});
