import type { Ended, Event, Progress, Rejected, Said, Started } from "./events.js";
import type { Holder } from "./holder.js";

/** A run as its log tells it. */
export interface Run {
  readonly number: number;
  readonly started: Started;
  readonly connectors: readonly Holder[];
  readonly said: readonly Said[];
  readonly rejected: readonly Rejected[];
  readonly progress: readonly Progress[];
  /** Contacts that it has put back, or left on purpose: of an undo. */
  readonly undone: number;
  /** When its log was last written to, or shown to be alive, in ms since 1970. */
  readonly touchedAt: number;
  /** Undefined while it lasts, and for ever where it was killed. */
  readonly ended: Ended | undefined;
}

/** Whether a run was a sync, which brings what is new; not a retry, an undoing or the sending of one contact. */
export function isSync({ trigger }: Started): boolean {
  return trigger === "by hand" || trigger === "schedule";
}

/** What became of a run. `interrupted`: killed, or the machine went down. */
export type Outcome = Ended["outcome"] | "running" | "interrupted";

/** Puts the events of a log together; undefined where its first line is missing. */
export function runOf(events: readonly Event[], touchedAt = 0): Run | undefined {
  const of = <K extends Event["event"]>(kind: K) =>
    events.filter((event): event is Extract<Event, { event: K }> => event.event === kind);
  const [started] = of("started");
  if (!started) return undefined;
  return {
    number: started.run,
    started,
    connectors: of("connectors").flatMap(({ holders }) => holders),
    said: of("said"),
    rejected: of("rejected"),
    progress: of("progress"),
    undone: of("undone").at(-1)?.contacts ?? 0,
    touchedAt,
    ended: of("ended").at(-1),
  };
}

/** What a run came to, or had come to when it was last heard of. */
export function countsOf({ ended, progress }: Run): { read: number; settled: number; rejected: number } {
  const { read, settled, rejected } = ended ?? progress.at(-1) ?? { read: 0, settled: 0, rejected: 0 };
  return { read, settled, rejected };
}
