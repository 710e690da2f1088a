import { command, JSON_FORM } from "../command.js";
import { EXIT } from "../errors.js";
import { readState, runsWithState } from "../project/saved-state.js";
import { readSettings } from "../project/settings.js";
import { isWrong, verdictOn } from "../report/verdict.js";
import { lastRuns, outcomeOf, rejectFiles } from "../runs/archive.js";
import { isSync, type Run } from "../runs/run.js";
import { outlookOf, outlookText } from "../schedule/outlook.js";
import { outcomeText, runLine } from "../terminal/run-text.js";
import { ago, local } from "../terminal/words.js";

/** As many runs are looked through for the last sync behind retries. */
const LOOK_BACK = 20;

export const statusCommand = command({
  usage: "status",
  describe: "Show how the last run went and what is next. Exit status 1 if something is wrong",
  options: { json: JSON_FORM },
  examples: [
    ["$0 status", "How the last run went"],
    ["$0 status --json", "The same for a monitoring program"],
  ],
  async run({ json }, folder, { terminal, now }) {
    const { schedule } = await readSettings(folder);
    const runs = await lastRuns(folder, LOOK_BACK);
    const [last] = runs;
    // A retry that mends nothing leaves the project as it was: how it stands says the last sync.
    const run = runs.find(({ started }) => isSync(started)) ?? last;
    const verdict = run && verdictOn(run, await outcomeOf(run));
    const newest = (await runsWithState(folder)).at(-1);
    const state = newest === undefined ? undefined : await readState(folder, newest);
    const outlook = await outlookOf(folder, schedule, now());
    const { scheduler, next } = outlook;
    const waiting = run ? (await rejectFiles(folder, run.number)).length > 0 : false;
    if (json) {
      terminal.printJson({
        project: folder.path,
        run: run &&
          verdict && {
            number: run.number,
            outcome: verdict.outcome,
            losses: verdict.losses,
            started: run.started,
            ended: run.ended,
          },
        state:
          state?.kind === "good" ? { run: newest, saved_at: state.state.savedAt } : (state?.kind ?? "none"),
        rejected_contacts_kept: waiting,
        schedule: outlook.schedule,
        scheduler: scheduler
          ? {
              by: scheduler.by,
              host: scheduler.holder.host,
              pid: scheduler.holder.pid,
              since: scheduler.since,
            }
          : null,
        next: next === undefined ? undefined : new Date(next).toISOString(),
      });
    } else {
      const showing = { now: now(), columns: terminal.columns };
      const lines = [
        ...(run && verdict
          ? [outcomeText(run, verdict, showing), `  ${timeOf(run, now())}`]
          : ["This project has not run yet. Begin with: flowcode-iterable sync"]),
        ...(last && last !== run ? [runLine(last, verdictOn(last, await outcomeOf(last)))] : []),
        ...(state?.kind === "good" ? [`The next sync goes on from the state of run ${newest}.`] : []),
        ...(state?.kind === "damaged"
          ? [`The state of run ${newest} is damaged. To see how to go back: flowcode-iterable sync`]
          : []),
        outlookText(outlook, now(), (at) => `${local(at)} (${ago(at, now())})`),
      ];
      terminal.print(lines.join("\n"));
    }
    return (verdict && isWrong(verdict)) || state?.kind === "damaged" ? EXIT.failed : EXIT.done;
  },
});

function timeOf({ started, ended }: Run, now: number): string {
  const at = ended?.at ?? started.at;
  return `${ended ? "ended" : "started"} ${local(at)} (${ago(at, now)})`;
}
