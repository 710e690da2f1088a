import { command, JSON_FORM } from "../command.js";
import { EXIT, Unusable } from "../errors.js";
import { perform } from "../execute.js";
import type { Host } from "../host.js";
import { createAccount } from "../pipe/account.js";
import { startFlow } from "../pipe/flow.js";
import type { Folder } from "../project/folder.js";
import { readSettings, type Settings } from "../project/settings.js";
import { layOutWork } from "../project/work.js";
import { stayingOf, stayingText } from "../report/staying.js";
import { previousFiles, runToShow } from "../runs/archive.js";
import type { Staying } from "../runs/events.js";
import { changesOf, undoLines } from "../runs/previous.js";
import { harmless } from "../terminal/harmless.js";
import { createProgress } from "../terminal/progress.js";
import { counted, many } from "../terminal/words.js";
import { exitAfter, reportOutcome } from "./sync.js";

export const undoCommand = command({
  usage: "undo <run>",
  describe: "Put back what a run has changed in Iterable",
  details:
    'Needs "previous_values": {"storage": "file"} among the destination\'s settings, when the run is made. Values that somebody has changed since stay, and so do profiles that the run created, its events and its subscriptions to lists.',
  positionals: {
    run: { type: "number", demandOption: true, describe: "Number of the run, as logs lists it" } as const,
  },
  options: {
    "dry-run": {
      type: "boolean",
      default: false,
      describe: "Change nothing, and say what would be put back",
    },
    "list-created": {
      type: "boolean",
      default: false,
      describe: "Change nothing, and list the profiles that the run created: personal data",
    },
    json: JSON_FORM,
  },
  examples: [
    ["$0 undo 12 --dry-run", "Say what undoing run 12 would put back"],
    ["$0 undo 12", "Put it back"],
    ["$0 undo 12 --list-created", "List the profiles that run 12 created; they stay"],
  ],
  async run(given, folder, host) {
    const { json } = given;
    const settings = await readSettings(folder);
    const run = await runToShow(folder, given.run);
    const { number } = run;
    const files = await keptChanges(folder, number);
    if (given["list-created"]) return listCreated(files, json, host);
    const stays = stayingOf(run, settings);
    if (given["dry-run"]) return rehearseUndo({ folder, settings, run: number, files, stays, json }, host);
    const progress = createProgress(host.terminal, { json, now: host.now });
    const what = { kind: "undo", run: number, stays } as const;
    const ended = await perform({ folder, settings, trigger: "undo", what, progress }, host);
    await reportOutcome(ended, json, host);
    return exitAfter(ended);
  },
});

/** The files with what a run has changed. Throws Unusable where there are none. */
export async function keptChanges(folder: Folder, run: number): Promise<readonly string[]> {
  const files = await previousFiles(folder, run);
  if (files.length > 0) return files;
  throw new Unusable(
    `run ${run} has changed nothing, or has not kept what it changed: set "previous_values": {"storage": "file"} among the destination's settings before the next sync`,
  );
}

async function listCreated(files: readonly string[], json: boolean, { terminal }: Host): Promise<number> {
  let count = 0;
  for await (const { undo } of changesOf(files)) {
    if (!undo.created) continue;
    count += 1;
    if (json) terminal.printJson({ identifier: undo.identifier });
    else terminal.print(harmless(undo.identifier));
  }
  if (count === 0 && !json) terminal.print("The run created no profile.");
  return EXIT.done;
}

interface Rehearsal {
  readonly folder: Folder;
  readonly settings: Settings;
  readonly run: number;
  readonly files: readonly string[];
  readonly stays: readonly Staying[];
  readonly json: boolean;
}

/** Lets the destination look at every profile, and says how each would end. No run is logged. */
export async function rehearseUndo(
  { folder, settings, run, files, stays, json }: Rehearsal,
  host: Host,
): Promise<number> {
  const work = await layOutWork(folder, settings, { run: 0, state: undefined });
  const account = createAccount();
  try {
    const flow = startFlow({
      from: { lines: undoLines(files, 0), streams: settings.streams.map(({ stream }) => stream.name) },
      limit: undefined,
      node: host.node,
      into: ["write", ...work.destinationArgs, "--dry-run"],
      now: host.now,
      signal: host.signal,
      force: host.force,
      onStart: async () => undefined,
      onTold: (by, told) => account.take(by, told),
    });
    const explanation = account.explain(await flow.ended);
    if (explanation) throw new Unusable(explanation.message);
  } finally {
    await work.clear();
  }
  const all = Object.values(account.streams);
  const kept = all.flatMap(({ reasons }) => reasons).filter(({ kind }) => kind === "kept");
  const total = (wanted: string) =>
    kept.reduce((sum, { reason, count }) => sum + (reason === wanted ? count : 0), 0);
  const left = all.flatMap(({ left_out }) => left_out);
  const found = {
    run,
    would_restore: total("dry_run"),
    unchanged: total("unchanged"),
    changed_since: total("changed_since"),
    absent: total("absent"),
    created: total("created"),
    values_left: left,
    stays,
  };
  if (json) host.terminal.printJson(found);
  else
    host.terminal.print(
      [
        `Nothing is changed. Undoing run ${run} would change ${counted(found.would_restore, "profile")}.`,
        ...(found.unchanged > 0 ? [`  As they were before the run: ${many(found.unchanged)}`] : []),
        ...(found.changed_since > 0
          ? [`  Changed since by somebody else in every field, and left alone: ${many(found.changed_since)}`]
          : []),
        ...(found.absent > 0 ? [`  Not in Iterable any more: ${many(found.absent)}`] : []),
        ...(found.created > 0
          ? [
              `  Created by the run, and left in Iterable: ${many(found.created)} (flowcode-iterable undo ${run} --list-created)`,
            ]
          : []),
        ...left.map(
          ({ field, count }) => `  Changed since, and left: ${harmless(field ?? "")} ${many(count)}`,
        ),
        ...[stayingText(stays, run) ?? []].flat().map((text) => `  ${harmless(text)}`),
      ].join("\n"),
    );
  return EXIT.done;
}
