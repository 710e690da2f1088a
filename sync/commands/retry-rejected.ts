import { command, JSON_FORM, RUN } from "../command.js";
import { EXIT, Unusable } from "../errors.js";
import { perform } from "../execute.js";
import type { Folder } from "../project/folder.js";
import { readSettings } from "../project/settings.js";
import { readRun, rejectFiles, runNumbers, runToShow } from "../runs/archive.js";
import { createProgress } from "../terminal/progress.js";
import { exitAfter, reportOutcome } from "./sync.js";

export const retryRejectedCommand = command({
  usage: "retry-rejected [run]",
  describe: "Send a run's rejected contacts again, after the cause is corrected",
  positionals: { run: RUN },
  options: {
    replay: {
      choices: ["fill_missing", "overwrite"] as const,
      default: "fill_missing" as const,
      describe: "Write only what a profile lacks, or replace newer answers with the old ones",
    },
    json: JSON_FORM,
  },
  examples: [
    ["$0 retry-rejected", "Retry the last run that rejected contacts"],
    ["$0 retry-rejected 12 --replay overwrite", "Retry run 12, replacing what Iterable holds"],
  ],
  async run({ run, replay, json }, folder, host) {
    const settings = await readSettings(folder);
    const number = run === undefined ? await lastWithRejects(folder) : (await runToShow(folder, run)).number;
    if (number === undefined) {
      host.terminal.say("No contacts wait to be retried.");
      return EXIT.done;
    }
    if ((await rejectFiles(folder, number)).length === 0)
      throw new Unusable(
        `run ${number} has kept no rejected contacts: flowcode-iterable logs ${number} --failed`,
      );
    const progress = createProgress(host.terminal, { json, now: host.now });
    const what = { kind: "retry", run: number, replay } as const;
    const ended = await perform({ folder, settings, trigger: "retry", what, progress }, host);
    await reportOutcome(ended, json, host);
    return exitAfter(ended);
  },
});

/** The last run with rejected contacts that no later run has retried. */
async function lastWithRejects(folder: Folder): Promise<number | undefined> {
  const retried = new Set<number>();
  for (const number of (await runNumbers(folder)).reverse()) {
    const run = await readRun(folder, number);
    const { retry_of } = run?.started ?? {};
    if (retry_of !== undefined && run?.ended?.outcome === "succeeded") retried.add(retry_of);
    if (!retried.has(number) && (await rejectFiles(folder, number)).length > 0) return number;
  }
  return undefined;
}
