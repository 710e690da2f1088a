import type { Outcome } from "./outcome.js";

/** Of how many contacts the first word on the mapping is taken. */
const FIRST_CONTACTS = 100;
/** An input that is shorter than this says nothing about the mapping. */
const FEWEST_CONTACTS = 20;
/** Reasons that lie in the contact and not in the mapping. */
const NOT_COUNTED = new Set(["forgotten", "no_identifier"]);

interface StreamCounts {
  read: number;
  delivered: number;
  kept: number;
  rejected: number;
  /** Rejections and omissions, by what they were for. */
  readonly reasons: Map<string, number>;
  readonly dropped: Map<string, number>;
}

/** Counts how every record ended, and notices when a run goes wrong as a whole. */
export interface Tally {
  /** Counts a record in; returns its number within the run, from 0. */
  read(stream: string): number;
  /** Counts a record out. Returns what speaks against going on, if anything does. */
  end(stream: string, index: number, outcome: Outcome): string | undefined;
  dropped(stream: string, field: string, reason: string): void;
  /** What speaks against calling the run a success, now that the input has ended. */
  verdict(): string | undefined;
  /** Whether any contact has been delivered or kept. */
  readonly hasArrived: boolean;
  /** Records that came in, by stream. */
  records(): ReadonlyMap<string, number>;
  /** One line per stream, for people. */
  summary(): string[];
}

/** `maxRejectedPercent`: the share of rejected contacts above which a run stops. */
export function createTally(maxRejectedPercent: number): Tally {
  const streams = new Map<string, StreamCounts>();
  let read = 0;
  let rejected = 0;
  let counted = 0;
  let rejectedOfFirst = 0;
  let hasArrived = false;

  const countsOf = (stream: string): StreamCounts => {
    let counts = streams.get(stream);
    if (!counts) {
      counts = { read: 0, delivered: 0, kept: 0, rejected: 0, reasons: new Map(), dropped: new Map() };
      streams.set(stream, counts);
    }
    return counts;
  };
  const topReasons = (): string => {
    const all = [...streams.values()].flatMap((counts) => [...counts.reasons]);
    const top = all.sort((a, b) => b[1] - a[1]).slice(0, 5);
    return top.map(([reason, count]) => `${reason} ${count}`).join(", ");
  };
  const tooMany = (): string | undefined =>
    read > FIRST_CONTACTS && counted > (read * maxRejectedPercent) / 100
      ? `${counted} of ${read} contacts were rejected, more than max_rejected_percent (${maxRejectedPercent}) allows (${topReasons()}): the mapping is more likely wrong than the contacts; correct it, or raise max_rejected_percent`
      : undefined;
  const allRejected = (count: number): string =>
    `all of the first ${count} contacts were rejected (${topReasons()}): the mapping does not fit these contacts; correct field_mapping and identifier`;

  return {
    read(stream) {
      countsOf(stream).read += 1;
      read += 1;
      return read - 1;
    },
    end(stream, index, outcome) {
      const counts = countsOf(stream);
      switch (outcome.kind) {
        case "unsettled":
          return undefined;
        case "kept":
          increment(counts.reasons, `kept: ${outcome.reason}`);
          counts.kept += 1;
          hasArrived = true;
          return undefined;
        case "delivered":
          counts.delivered += 1;
          hasArrived = true;
          return undefined;
        case "rejected":
          counts.rejected += 1;
          rejected += 1;
          increment(counts.reasons, `${outcome.field ? `${outcome.field} ` : ""}${outcome.reason}`);
          if (!NOT_COUNTED.has(outcome.reason)) counted += 1;
          if (index < FIRST_CONTACTS) rejectedOfFirst += 1;
          if (rejectedOfFirst === FIRST_CONTACTS) return allRejected(FIRST_CONTACTS);
          return tooMany();
      }
    },
    dropped: (stream, field, reason) => increment(countsOf(stream).dropped, `${field} ${reason}`),
    verdict() {
      if (read >= FEWEST_CONTACTS && read <= FIRST_CONTACTS && rejected === read) return allRejected(read);
      return tooMany();
    },
    get hasArrived() {
      return hasArrived;
    },
    records: () => new Map([...streams].map(([stream, counts]) => [stream, counts.read])),
    summary: () => [...streams].map(([stream, counts]) => describe(stream, counts)),
  };
}

function increment(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function describe(
  stream: string,
  { read, delivered, kept, rejected, reasons, dropped }: StreamCounts,
): string {
  const list = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
      .map(([what, count]) => `${what} ${count}`)
      .join(", ");
  const unsettled = read - delivered - kept - rejected;
  return [
    `${stream}: ${read} read = ${delivered} delivered + ${kept} kept + ${rejected} rejected + ${unsettled} unsettled`,
    ...(reasons.size > 0 ? [`reasons: ${list(reasons)}`] : []),
    ...(dropped.size > 0 ? [`values left out: ${list(dropped)}`] : []),
  ].join("; ");
}
