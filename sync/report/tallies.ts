import type { Counts } from "../runs/events.js";
import { countsOf, type Run } from "../runs/run.js";
import { many } from "../terminal/words.js";

/** How the contacts of a run, or of one of its streams, ended. */
export type Totals = Pick<Counts, "read" | "delivered" | "kept" | "rejected" | "unsettled">;

/** Something that happened to so many contacts, or values, for one reason. */
export interface Tallied {
  /** "" where it is the contact as a whole. */
  readonly field: string;
  readonly reason: string;
  readonly count: number;
}

/** The streams' counts in one; undefined where the destination has not said how the contacts ended. */
export function totalsOf(run: Run): Totals | undefined {
  const streams = Object.values(run.ended?.streams ?? {});
  if (streams.length === 0) return undefined;
  const sum = (name: keyof Totals) => streams.reduce((total, counts) => total + counts[name], 0);
  return {
    read: countsOf(run).read,
    delivered: sum("delivered"),
    kept: sum("kept"),
    rejected: sum("rejected"),
    unsettled: sum("unsettled"),
  };
}

/** Why contacts were rejected, the most frequent first. */
export function rejectedBy(run: Run): Tallied[] {
  return summed(run, ({ reasons }) => reasons.filter(({ kind }) => kind === "rejected"));
}

/** Why contacts were left as they are, on purpose. */
export function keptBy(run: Run): Tallied[] {
  return summed(run, ({ reasons }) => reasons.filter(({ kind }) => kind === "kept"));
}

/** Which values were left out of contacts that arrived. */
export function leftOutBy(run: Run): Tallied[] {
  return summed(run, ({ left_out }) => left_out);
}

/** What was counted, of all streams together, the most frequent first. */
function summed({ ended }: Run, of: (counts: Counts) => Counts["left_out"]): Tallied[] {
  const sums = new Map<string, Tallied>();
  for (const counts of Object.values(ended?.streams ?? {}))
    for (const { field, reason, count } of of(counts)) {
      const key = JSON.stringify([field, reason]);
      sums.set(key, { field: field ?? "", reason, count: (sums.get(key)?.count ?? 0) + count });
    }
  return [...sums.values()].sort((a, b) => b.count - a.count);
}

/** A list that contacts were put on, or an event of theirs, and how many Iterable has taken. */
export interface Followed {
  readonly kind: "list" | "event";
  readonly name: string;
  readonly sent: number;
  readonly rejected: number;
}

/** What followed from the contacts of all streams together: lists, then events. Empty where the settings have neither. */
export function followedBy({ ended }: Run): Followed[] {
  return followedIn(Object.values(ended?.streams ?? {}));
}

/** The same of any counts by stream. */
export function followedIn(streams: readonly Pick<Counts, "lists" | "events">[]): Followed[] {
  const sums = new Map<string, Followed>();
  const add = (kind: Followed["kind"], name: string, one: { sent: number; rejected: number }): void => {
    const known = sums.get(`${kind} ${name}`) ?? { kind, name, sent: 0, rejected: 0 };
    const { sent, rejected } = known;
    sums.set(`${kind} ${name}`, { kind, name, sent: sent + one.sent, rejected: rejected + one.rejected });
  };
  for (const { lists = [] } of streams) for (const { id, ...one } of lists) add("list", String(id), one);
  for (const { events = [] } of streams) for (const { name, ...one } of events) add("event", name, one);
  return [...sums.values()];
}

/** For people: `put on list 7: 1,200`. */
export function followedText({ kind, name, sent, rejected }: Followed): string {
  const what = kind === "list" ? `put on list ${name}` : `event ${name}`;
  return `${what}: ${many(sent)}${rejected === 0 ? "" : `, and ${many(rejected)} not taken`}`;
}
