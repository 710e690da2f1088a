import { command, JSON_FORM } from "../command.js";
import { EXIT } from "../errors.js";
import { readState, runsWithState } from "../project/saved-state.js";
import { readSettings } from "../project/settings.js";
import { lastRuns, outcomeOf, rejectFiles } from "../runs/archive.js";
import { lastOf } from "../runs/history.js";
import { nextStart } from "../schedule/timing.js";
import { local, runText } from "../terminal/run-text.js";

export const statusCommand = command({
  usage: "status",
  describe: "How the last run went, and what is next; ends with 1 where something is wrong",
  options: { json: JSON_FORM },
  examples: [
    ["$0 status", "How the last run went"],
    ["$0 status --json", "The same for a monitoring program"],
  ],
  async run({ json }, folder, { terminal, now }) {
    const { schedule } = await readSettings(folder);
    const [run] = await lastRuns(folder, 1);
    const outcome = run && (await outcomeOf(run));
    const newest = (await runsWithState(folder)).at(-1);
    const state = newest === undefined ? undefined : await readState(folder, newest);
    const next = schedule && nextStart(schedule, await lastOf(folder), now());
    const waiting = run ? (await rejectFiles(folder, run.number)).length > 0 : false;
    if (json) {
      terminal.print(
        JSON.stringify({
          project: folder.path,
          run: run && { number: run.number, outcome, started: run.started, ended: run.ended },
          state:
            state?.kind === "good" ? { run: newest, saved_at: state.state.savedAt } : (state?.kind ?? "none"),
          rejected_contacts_kept: waiting,
          schedule,
          next: next === undefined ? undefined : new Date(next).toISOString(),
        }),
      );
    } else {
      const lines = [
        run && outcome
          ? runText(run, outcome)
          : "This project has not run yet: begin with flowcode-iterable sync.",
        ...(state?.kind === "good" ? [`The next sync goes on from the state of run ${newest}.`] : []),
        ...(state?.kind === "damaged"
          ? [`The state of run ${newest} is damaged: flowcode-iterable sync says how to go back.`]
          : []),
        ...(next === undefined
          ? []
          : [
              next <= now()
                ? "By the schedule a sync is due."
                : `By the schedule the next sync is at ${local(next)}.`,
            ]),
      ];
      terminal.print(lines.join("\n"));
    }
    const isWrong = outcome === "failed" || outcome === "interrupted" || state?.kind === "damaged";
    return isWrong ? EXIT.failed : EXIT.done;
  },
});
