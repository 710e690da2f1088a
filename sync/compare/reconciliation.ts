import { type Followed, followedBy } from "../report/tallies.js";
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
  /** Of the compared contacts whose profiles can be read: who is to be on a list by the settings, and who is. */
  readonly lists: readonly ListCount[];
  /** Events of the run, by what Iterable has answered. */
  readonly events: readonly Pick<Followed, "name" | "sent" | "rejected">[];
}

export interface ListCount {
  readonly id: number;
  readonly expected: number;
  readonly on: number;
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
  const lists = listsOf(contacts);
  for (const { id, expected, on } of lists)
    if (on < expected)
      remarks.push(
        `${expected - on} of ${expected} compared contacts are not on list ${id}: somebody has taken them off, the list is newer than the run, or Iterable does not show it yet`,
      );
  const events = followedBy(run).flatMap(({ kind, name, sent, rejected }) =>
    kind === "event" ? [{ name, sent, rejected }] : [],
  );
  return { read, ...sum, problems, remarks, judgements, lists, events };
}

/** The fields of a profile that hold the ids of its lists: the one in email-based projects, the other in the rest (reference). */
const LIST_FIELDS = ["emailListIds", "userListIds"] as const;

function listsOf(contacts: Verification["contacts"]): ListCount[] {
  const counts = new Map<number, { expected: number; on: number }>();
  for (const { judgement, found } of contacts) {
    if (judgement !== "agrees" && judgement !== "left_alone") continue;
    const { held, lists = [] } = found;
    if (held === null) continue;
    const on = new Set(LIST_FIELDS.flatMap((field) => held[field] ?? []).map(Number));
    for (const id of lists) {
      const count = counts.get(id) ?? { expected: 0, on: 0 };
      counts.set(id, { expected: count.expected + 1, on: count.on + (on.has(id) ? 1 : 0) });
    }
  }
  return [...counts].sort(([a], [b]) => a - b).map(([id, count]) => ({ id, ...count }));
}
