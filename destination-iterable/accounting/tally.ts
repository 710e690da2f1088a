import { type Counted, type Counts, createCounts, nameOf } from "./counts.js";
import {
  createFollowUpCounts,
  describeFollowUps,
  type FollowUpCounts,
  type FollowUpName,
  type FollowUpOutcome,
} from "./follow-up-counts.js";
import type { Outcome } from "./outcome.js";
import { type KeptReason, type LostReason, mayBeTheMapping } from "./reasons.js";

/** Of how many contacts the first word on the mapping is taken. */
const FIRST_CONTACTS = 100;
/** An input that is shorter than this says nothing about the mapping. */
const FEWEST_CONTACTS = 20;

interface StreamCounts {
  read: number;
  delivered: number;
  kept: number;
  rejected: number;
  readonly keptFor: Counts<KeptReason>;
  readonly rejectedFor: Counts<LostReason>;
  readonly leftOut: Counts<LostReason>;
  readonly followed: FollowUpCounts;
  mayFollow: boolean;
}

/** How the records of a stream ended, as data. Its names are relied on by programs. */
export interface StreamOutcome extends FollowUpOutcome {
  readonly stream: string;
  readonly read: number;
  readonly delivered: number;
  readonly kept: number;
  readonly rejected: number;
  readonly unsettled: number;
  readonly reasons: readonly (Counted<KeptReason | LostReason> & { readonly kind: "kept" | "rejected" })[];
  readonly left_out: readonly Counted<LostReason>[];
}

/** Counts how every record ended, and notices when the mapping is wrong as a whole. */
export interface Tally {
  /** Counts a record in. `mayFollow`: lists and events may follow from records of its kind, so that none counts as none. */
  read(stream: string, mayFollow?: boolean): void;
  /** Counts in a contact that the mapping is judged by; returns its number among these, from 0. */
  judge(): number;
  /**
   * Counts a record out. `index`: its number among those that the mapping is judged by; undefined for a contact whose
   * fault was its own from the beginning. Returns what speaks against going on, if anything does.
   */
  end(stream: string, index: number | undefined, outcome: Outcome): string | undefined;
  dropped(stream: string, field: string, reason: LostReason): void;
  /** Counts whether Iterable has taken a record onto a list, or its event, by the place of that in the settings. */
  followed(stream: string, place: number, isTaken: boolean): void;
  /** What speaks against calling the run a success, now that the input has ended. */
  verdict(): string | undefined;
  /** Whether any contact has been delivered or kept. */
  readonly hasArrived: boolean;
  /** Records that came in, by stream. */
  records(): ReadonlyMap<string, number>;
  outcomes(): StreamOutcome[];
  /** One line per stream, for people. */
  summary(): string[];
}

/** `maxRejectedPercent`: the share of contacts rejected for the mapping above which a run stops. `followUps`: the lists and events of the settings. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: the counts that its methods share
export function createTally(maxRejectedPercent: number, followUps: readonly FollowUpName[] = []): Tally {
  const streams = new Map<string, StreamCounts>();
  let judged = 0;
  let blamed = 0;
  let blamedOfFirst = 0;
  let hasArrived = false;

  const countsOf = (stream: string): StreamCounts => {
    let counts = streams.get(stream);
    if (!counts) {
      counts = {
        read: 0,
        delivered: 0,
        kept: 0,
        rejected: 0,
        keptFor: createCounts(),
        rejectedFor: createCounts(),
        leftOut: createCounts(),
        followed: createFollowUpCounts(followUps),
        mayFollow: false,
      };
      streams.set(stream, counts);
    }
    return counts;
  };
  const topReasons = (): string => {
    const all = [...streams.values()].flatMap(({ rejectedFor }) => rejectedFor.list());
    const top = all.filter(({ reason }) => mayBeTheMapping(reason)).sort((a, b) => b.count - a.count);
    return listed(top.slice(0, 5));
  };
  const tooMany = (): string | undefined =>
    judged > FIRST_CONTACTS && blamed > (judged * maxRejectedPercent) / 100
      ? `${blamed} of ${judged} contacts were rejected for the mapping, more than max_rejected_percent (${maxRejectedPercent}) allows (${topReasons()}): the mapping is more likely wrong than the contacts; correct it, or raise max_rejected_percent`
      : undefined;
  const allRejected = (count: number): string =>
    `all of the first ${count} contacts were rejected for the mapping (${topReasons()}): it does not fit these contacts; correct field_mapping`;

  return {
    read(stream, mayFollow = false) {
      const counts = countsOf(stream);
      counts.read += 1;
      counts.mayFollow ||= mayFollow;
    },
    judge() {
      judged += 1;
      return judged - 1;
    },
    end(stream, index, outcome) {
      const counts = countsOf(stream);
      switch (outcome.kind) {
        case "unsettled":
          return undefined;
        case "kept":
          counts.keptFor.add(null, outcome.reason);
          counts.kept += 1;
          // What is no contact says nothing about the mapping.
          hasArrived ||= outcome.reason !== "no_identifier_stream";
          return undefined;
        case "delivered":
          counts.delivered += 1;
          hasArrived = true;
          return undefined;
        case "rejected":
          counts.rejected += 1;
          counts.rejectedFor.add(outcome.field ?? null, outcome.reason);
          if (index === undefined || !mayBeTheMapping(outcome.reason)) return undefined;
          blamed += 1;
          if (index < FIRST_CONTACTS) blamedOfFirst += 1;
          if (blamedOfFirst === FIRST_CONTACTS) return allRejected(FIRST_CONTACTS);
          return tooMany();
      }
    },
    dropped: (stream, field, reason) => countsOf(stream).leftOut.add(field, reason),
    followed: (stream, place, isTaken) => countsOf(stream).followed.add(place, isTaken),
    verdict() {
      if (judged >= FEWEST_CONTACTS && judged <= FIRST_CONTACTS && blamed === judged)
        return allRejected(judged);
      return tooMany();
    },
    get hasArrived() {
      return hasArrived;
    },
    records: () => new Map([...streams].map(([stream, counts]) => [stream, counts.read])),
    outcomes: () => [...streams].map(([stream, counts]) => outcomeOf(stream, counts)),
    summary: () => [...streams].map(([stream, counts]) => describe(outcomeOf(stream, counts))),
  };
}

function outcomeOf(
  stream: string,
  { read, delivered, kept, rejected, keptFor, rejectedFor, leftOut, followed, mayFollow }: StreamCounts,
): StreamOutcome {
  const reasons = [
    ...keptFor.list().map((counted) => ({ kind: "kept" as const, ...counted })),
    ...rejectedFor.list().map((counted) => ({ kind: "rejected" as const, ...counted })),
  ];
  const unsettled = read - delivered - kept - rejected;
  return {
    stream,
    read,
    delivered,
    kept,
    rejected,
    unsettled,
    reasons,
    left_out: leftOut.list(),
    ...(mayFollow && followed.outcome()),
  };
}

function describe({ stream, read, delivered, kept, rejected, unsettled, ...why }: StreamOutcome): string {
  const named = why.reasons.map((counted) => ({
    ...counted,
    reason: counted.kind === "kept" ? `kept: ${counted.reason}` : counted.reason,
  }));
  const followed = describeFollowUps(why);
  return [
    `${stream}: ${read} read = ${delivered} delivered + ${kept} kept + ${rejected} rejected + ${unsettled} unsettled`,
    ...(named.length > 0 ? [`reasons: ${listed(named)}`] : []),
    ...(why.left_out.length > 0 ? [`values left out: ${listed(why.left_out)}`] : []),
    ...(followed === "" ? [] : [`sent: ${followed}`]),
  ].join("; ");
}

function listed(counted: readonly Counted<string>[]): string {
  return counted.map((one) => `${nameOf(one)} ${one.count}`).join(", ");
}
