import { command, JSON_FORM } from "../command.js";
import { EXIT, messageOf, Unusable } from "../errors.js";
import { type Job, perform } from "../execute.js";
import type { Host } from "../host.js";
import { readSettings, type Settings } from "../project/settings.js";
import type { Start } from "../project/starting-point.js";
import { verdictOn } from "../report/verdict.js";
import { outcomeOf } from "../runs/archive.js";
import type { Run } from "../runs/run.js";
import { durationMs } from "../schedule/duration.js";
import { keepProjectSchedule } from "../schedule/keeping.js";
import { cronProblem, type Schedule } from "../schedule/timing.js";
import { createProgress } from "../terminal/progress.js";
import { outcomeText } from "../terminal/run-text.js";
import { ago, local } from "../terminal/words.js";
import { rehearse } from "./dry-run.js";
import { sendContact } from "./send-contact.js";

/** Kinds of a single run, which make no sense by a schedule. */
const SINGLE = ["full", "from-state", "limit", "dry-run"];

export const syncCommand = command({
  usage: "sync",
  describe: "Send what is new to Iterable, now or by a schedule",
  options: {
    every: {
      type: "string",
      requiresArg: true,
      conflicts: ["cron", "scheduled", ...SINGLE],
      describe: "Sync at intervals until stopped: 30m, 6h, 1d",
    },
    cron: {
      type: "string",
      requiresArg: true,
      conflicts: ["scheduled", ...SINGLE],
      describe: "Sync by a cron expression until stopped",
    },
    "time-zone": {
      type: "string",
      requiresArg: true,
      implies: "cron",
      describe: "Time zone of the cron expression, such as Europe/Berlin",
    },
    scheduled: {
      type: "boolean",
      conflicts: SINGLE,
      describe: "Sync by the schedule in the settings until stopped",
    },
    full: { type: "boolean", conflicts: "from-state", describe: "Send everything again" },
    "from-state": { type: "number", requiresArg: true, describe: "Start from the state of this run" },
    limit: { type: "number", requiresArg: true, describe: "Maximum number of contacts to send" },
    contact: {
      type: "string",
      requiresArg: true,
      conflicts: ["every", "cron", "scheduled", ...SINGLE],
      describe: "Wait for this contact, send it alone, and show what Iterable holds of it",
    },
    "dry-run": { type: "boolean", describe: "Send nothing, show what would be sent" },
    json: JSON_FORM,
  },
  examples: [
    ["$0 sync", "Send what is new since the last sync"],
    ["$0 sync --every 30m", "The same every half hour, until stopped"],
    ['$0 sync --cron "0 6 * * 1-5" --time-zone Europe/Berlin', "At six on working days"],
    ["$0 sync --limit 1", "Send one contact, to look at it in Iterable"],
    ["$0 sync --contact ann@example.com", "Fill in your form, then see your own contact arrive"],
    ["$0 sync --dry-run", "Send nothing, show what would be sent"],
    ["$0 sync --full", "Send everything again"],
  ],
  async run(given, folder, host) {
    const settings = await readSettings(folder);
    const schedule = scheduleOf(given, settings);
    const start: Start = given.full
      ? { kind: "beginning" }
      : given["from-state"] !== undefined
        ? { kind: "run", run: given["from-state"] }
        : { kind: "last" };
    const { limit, json } = given;
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0))
      throw new Unusable("--limit takes a whole number of contacts, 1 or more");
    if (given.contact !== undefined)
      return sendContact({ folder, settings, email: given.contact, json }, host);
    if (given["dry-run"]) return rehearse({ folder, settings, start, limit, json }, host);
    const once = async (trigger: Job["trigger"], current: Settings): Promise<Run> => {
      const progress = createProgress(host.terminal, { json, now: host.now });
      const run = await perform(
        { folder, settings: current, trigger, what: { kind: "sync", start, limit }, progress },
        host,
      );
      await reportOutcome(run, json, host);
      return run;
    };
    if (!schedule) return exitAfter(await once("by hand", settings));
    await keepProjectSchedule(
      {
        folder,
        schedule: given.scheduled ? undefined : schedule,
        by: "sync",
        run: async () => once("schedule", await readSettings(folder)),
        onWait: (until) => tellNext(until, json, host),
        onFailure: (error) => host.terminal.say(`flowcode-iterable: ${messageOf(error)}`),
      },
      host,
    );
    return EXIT.done;
  },
});

function tellNext(until: number | undefined, json: boolean, { terminal, now }: Host): void {
  if (json)
    terminal.printJson({
      event: "waiting",
      until: until === undefined ? null : new Date(until).toISOString(),
    });
  else if (until === undefined)
    terminal.say("The settings have no schedule any more. Nothing syncs by itself.");
  else terminal.say(`Next sync: ${local(until)} (${ago(until, now())}).`);
}

interface Asked {
  readonly every?: string | undefined;
  readonly cron?: string | undefined;
  readonly "time-zone"?: string | undefined;
  readonly scheduled?: boolean | undefined;
}

/** The schedule that is asked for; undefined: sync once, now. */
function scheduleOf(asked: Asked, { schedule }: Settings): Schedule | undefined {
  if (asked.every !== undefined) {
    if (durationMs(asked.every) === undefined)
      throw new Unusable("--every takes a time of a minute or more, such as 30m, 6h or 1d");
    return { every: asked.every };
  }
  if (asked.cron !== undefined) {
    const problem = cronProblem(asked.cron, asked["time-zone"]);
    if (problem !== undefined) throw new Unusable(`--cron: ${problem}`);
    return { cron: asked.cron, time_zone: asked["time-zone"] };
  }
  if (asked.scheduled && !schedule)
    throw new Unusable(
      'the settings have no schedule: add "schedule": {"every": "30m"}, or name one with --every',
    );
  return asked.scheduled ? schedule : undefined;
}

/** Says how a run has ended. */
export async function reportOutcome(run: Run, json: boolean, { terminal, now }: Host): Promise<void> {
  const verdict = verdictOn(run, await outcomeOf(run));
  if (json) terminal.printJson({ ...run.ended, run: run.number, losses: verdict.losses });
  else terminal.print(outcomeText(run, verdict, { now: now(), columns: terminal.columns }));
}

/** What the process ends with after a run: whether trying again may help, whoever has found out. */
export function exitAfter({ ended }: Run): number {
  if (ended?.outcome === "succeeded") return EXIT.done;
  return ended?.explanation?.failure_type === "config_error" ? EXIT.unusable : EXIT.failed;
}
