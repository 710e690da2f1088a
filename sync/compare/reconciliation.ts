import { countsOf, type Run } from "../runs/run.js";
import type { Judgement } from "./judgement.js";
import { isWrong } from "./judgement.js";
import type { Verification } from "./verification.js";

/** A run's counts held against each other, against the source, and against Iterable. */
export interface Reconciliation {
  readonly read: number;
  readonly delivered: number;
  readonly kept: number;
  readonly rejected: number;
  readonly unsettled: number;
  /** What does not agree, in the user's words; empty where all does. */
  readonly problems: readonly string[];
  /** What has to be known to read the counts. */
  readonly remarks: readonly string[];
  readonly judgements: Readonly<Partial<Record<Judgement, number>>>;
}

/** `isLast`: no later run has come to an end. */
export function reconcile(
  run: Run,
  { window, again, since, rejectsKept, contacts }: Verification,
  isLast: boolean,
): Reconciliation {
  const { read } = countsOf(run);
  const sum = { delivered: 0, kept: 0, rejected: 0, unsettled: 0 };
  const problems: string[] = [];
  const remarks: string[] = [];
  const streams = Object.entries(run.ended?.streams ?? {});
  for (const [stream, counts] of streams) {
    for (const name of ["delivered", "kept", "rejected", "unsettled"] as const) sum[name] += counts[name];
    const settled = counts.delivered + counts.kept + counts.rejected + counts.unsettled;
    if (settled !== counts.read)
      problems.push(`${stream}: ${counts.read} were read, and ${settled} are accounted for`);
  }
  const hasEnded = run.ended?.outcome === "succeeded";
  const taken = streams.reduce((total, [, counts]) => total + counts.read, 0);
  if (hasEnded && taken !== read)
    problems.push(`${read} contacts went to the destination, which accounts for ${taken}`);
  if (rejectsKept < sum.rejected)
    problems.push(
      `${sum.rejected} contacts were rejected, and only ${rejectsKept} of them are kept to retry`,
    );
  if (sum.unsettled > 0)
    remarks.push(`${sum.unsettled} contacts were left unsettled: the next sync sends them again`);
  if (!run.ended && contacts.length === 0)
    problems.push(
      "the run was cut short before its log said how far it had come, so that nothing can be compared: verify the run after it",
    );
  else if (!run.ended)
    remarks.push("the run was cut short and has no counts of its own: the next sync goes on");
  else if (!hasEnded)
    remarks.push(
      "the run did not come to its end: what it has not read is not looked at, and the next sync goes on",
    );

  const isWhole = hasEnded && run.started.limit === undefined;
  if (window === "forgotten")
    remarks.push(
      "the state that the run started from is not kept any more: contacts of earlier runs are among those compared, and the source's count says nothing",
    );
  else if (isWhole && again > read) {
    const more = `Flowcode has ${again - read} contacts from before the run that it has not read`;
    if (isLast) problems.push(`${more}: the next sync brings those that were shown late`);
    else remarks.push(`${more}; later runs bring those that are shown late`);
  } else if (isWhole && again + since < read)
    remarks.push(
      `Flowcode gives ${read - again - since} contacts fewer than the run has read: they were deleted or merged there, or a full pass has read more`,
    );

  const judgements: Partial<Record<Judgement, number>> = {};
  for (const { judgement } of contacts) judgements[judgement] = (judgements[judgement] ?? 0) + 1;
  const wrong = contacts.filter(({ judgement }) => isWrong(judgement)).length;
  if (wrong > 0)
    problems.push(`${wrong} of ${contacts.length} contacts are not in Iterable as they are in Flowcode`);
  return { read, ...sum, problems, remarks, judgements };
}
