import type { Folder } from "../../project/folder.js";
import { meaningOf } from "../../report/reasons.js";
import {
  type Followed,
  followedBy,
  leftOutBy,
  rejectedBy,
  type Tallied,
  totalsOf,
} from "../../report/tallies.js";
import { type Verdict, verdictOn } from "../../report/verdict.js";
import { outcomeOf, previousFiles, rejectFiles } from "../../runs/archive.js";
import { countsOf, type Run } from "../../runs/run.js";

/** A run on the list. The names of its keys are relied on by the pages. */
export interface RunRow {
  readonly run: number;
  readonly started: string;
  readonly ended?: string;
  readonly by: string;
  readonly outcome: Verdict["outcome"];
  readonly read: number;
  readonly delivered: number;
  readonly kept: number;
  readonly rejected: number;
  readonly unsettled: number;
  readonly side?: string;
  readonly why?: string;
}

/** "Failed" means whatever did not come to its end. */
export function isWanted({ outcome }: RunRow, wanted: string): boolean {
  return wanted === "failed" ? outcome === "failed" || outcome === "interrupted" : outcome === wanted;
}

export async function rowOf(run: Run): Promise<RunRow> {
  const { ended, started } = run;
  const { read, settled, rejected } = countsOf(run);
  return {
    run: run.number,
    started: started.at,
    ...(ended && { ended: ended.at }),
    by: started.trigger,
    outcome: verdictOn(run, await outcomeOf(run)).outcome,
    ...(totalsOf(run) ?? { read, delivered: settled, kept: 0, rejected, unsettled: 0 }),
    ...(ended?.explanation && { side: ended.explanation.by, why: ended.explanation.message }),
  };
}

/** A run in full: beside its row, why contacts were rejected and values left out, in words. */
export async function detailOf(folder: Folder, run: Run): Promise<object> {
  const { ended, started } = run;
  return {
    ...(await rowOf(run)),
    losses: ended?.losses ?? [],
    unfilled: Object.values(ended?.streams ?? {}).flatMap((stream) => stream.unfilled ?? []),
    fields_created: ended?.fields_created ?? [],
    fields_filtered: ended?.fields_filtered ?? [],
    ...(started.retry_of !== undefined && { retry_of: started.retry_of }),
    ...(started.undo_of !== undefined && { undo_of: started.undo_of }),
    changes_kept: (await previousFiles(folder, run.number)).length > 0,
    reasons: byReason(rejectedBy(run)).map(([reason, count]) => {
      const { means, remedy } = meaningOf(reason);
      return { reason, count, text: means, todo: remedy };
    }),
    ...followUpsOf(followedBy(run)),
    ...(run.ended?.stays && { stays: run.ended.stays }),
    left_out: leftOutBy(run).map((one) => ({ ...one, text: meaningOf(one.reason).means })),
    keeps_rejects: (await rejectFiles(folder, run.number)).length > 0,
  };
}

/** `lists` and `events`, with how many Iterable has taken; neither where the settings have none. */
export function followUpsOf(followed: readonly Followed[]): object {
  const of = (wanted: "list" | "event") => followed.filter(({ kind }) => kind === wanted);
  const lists = of("list").map(({ name, sent, rejected }) => ({ id: Number(name), sent, rejected }));
  const events = of("event").map(({ name, sent, rejected }) => ({ name, sent, rejected }));
  return { ...(lists.length > 0 && { lists }), ...(events.length > 0 && { events }) };
}

function byReason(tallied: readonly Tallied[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { reason, count } of tallied) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return [...sums];
}
