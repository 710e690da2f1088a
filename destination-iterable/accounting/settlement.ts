import { ConfigError } from "../../connector/errors.js";
import type { WindowCounts } from "../../protocol/message.js";
import type { FollowUp } from "../delivery/follow-ups/follow-up.js";
import { createLedger, type Settled, type Ticket } from "./ledger.js";
import type { Outcome } from "./outcome.js";
import { mayBeTheMapping } from "./reasons.js";
import type { Rejects } from "./rejects.js";
import type { Tally } from "./tally.js";

/** A record on its way, with all that is needed to say how it ended. */
export interface Admitted {
  readonly stream: string;
  /** Its number among the contacts that the mapping is judged by, from 0; undefined where it is none of these. */
  readonly index: number | undefined;
  readonly line: number;
  /** The line itself; held only where rejected contacts are kept. */
  readonly text: string | undefined;
  /** How long the line is: what is held of the record is about as large. */
  readonly chars: number;
  readonly key: string | undefined;
  readonly ticket: Ticket;
  /** What is to be asked for the record once its profile is there. */
  readonly followUps: readonly FollowUp[];
}

const NONE: readonly FollowUp[] = [];

/** States that may be held back, and what they may hold, before input waits until they are safe. */
const MAX_WAITING_STATES = 10_000;
const MAX_WAITING_CHARS = 16_000_000;
/** Characters of the lines of records on their way, before input waits until they have ended. */
const MAX_HELD_CHARS = 32_000_000;

/** Where records end and states are let go: the ledger, the counts and the rejections, kept in step. */
export interface Settlement {
  /**
   * Takes a record in, which has to be settled once. `isJudged`: whether the mapping is judged by it, as it is not by a
   * contact that no mapping could have sent. `followUps`: undefined where nothing can follow from records of its kind.
   */
  admit(
    record: Omit<Admitted, "index" | "ticket" | "followUps">,
    isJudged: boolean,
    followUps?: readonly FollowUp[],
  ): Admitted;
  settle(record: Admitted, outcome: Outcome): void;
  /** Takes a state in; `stream` is undefined for one that covers every stream. */
  state(stream: string | undefined, line: string): void;
  /** Prints the states that are safe, after the rejections that they cover are on disk. One release at a time. */
  release(): Promise<void>;
  /** Whether so many states or records wait, or so long ones, that no more should come in before they have gone out. */
  readonly isFull: boolean;
  /** Makes room, when everything has been done to release states: of those that wait all the same, the newest stay. */
  makeRoom(): void;
  /** A promise to await where rejected contacts come faster than they can be kept; it rejects where they cannot be. */
  room(): Promise<void> | undefined;
  /**
   * Says that no more input comes, so that a run without a single success can be told from one that is yet to have
   * one. Throws ConfigError where the run as a whole must not count.
   */
  endInput(): void;
}

function settledAs(outcome: Outcome): Settled {
  if (outcome.kind !== "rejected") return "settled";
  return mayBeTheMapping(outcome.reason) ? "blamed" : "rejected";
}

export function createSettlement(options: {
  readonly tally: Tally;
  readonly rejects: Rejects;
  /** Prints a state with what its window came to. */
  readonly acknowledge: (line: string, counts: WindowCounts) => Promise<void>;
  /** Told what makes it impossible to go on. Nothing further is released then. */
  readonly onFailure: (error: unknown) => void;
}): Settlement {
  const { tally, rejects } = options;
  const ledger = createLedger();
  let heldChars = 0;
  let closed = false;
  let inputEnded = false;
  const isFull = () =>
    ledger.waiting > MAX_WAITING_STATES ||
    ledger.waitingChars > MAX_WAITING_CHARS ||
    heldChars > MAX_HELD_CHARS;
  let releasing: Promise<void> = Promise.resolve();

  const close = (error: unknown): void => {
    if (closed) return;
    closed = true;
    options.onFailure(error);
  };

  return {
    admit({ stream, line, text, chars, key }, isJudged, followUps) {
      tally.read(stream, followUps !== undefined);
      heldChars += chars;
      const index = isJudged ? tally.judge() : undefined;
      return {
        stream,
        index,
        line,
        text,
        chars,
        key,
        ticket: ledger.admit(stream),
        followUps: followUps ?? NONE,
      };
    },
    settle(record, outcome) {
      if (outcome.kind === "unsettled") return;
      heldChars -= record.chars;
      if (outcome.kind === "rejected") {
        const { stream, line, text, key } = record;
        const { stage, field, reason } = outcome;
        rejects.report({ stream, line, text, key, stage, field, reason });
      }
      const problem = tally.end(record.stream, record.index, outcome);
      if (problem !== undefined) close(new ConfigError(problem));
      ledger.settle(record.ticket, settledAs(outcome));
    },
    state: (stream, line) => ledger.state(stream, line),
    release() {
      releasing = releasing
        .then(async () => {
          if (closed) return;
          const states = ledger.release(tally.hasArrived || inputEnded);
          if (states.length === 0) return;
          await rejects.flush();
          for (const { line, counts } of states) await options.acknowledge(line, counts);
        })
        .catch(close);
      return releasing;
    },
    get isFull() {
      return isFull();
    },
    makeRoom() {
      if (isFull()) ledger.condense();
    },
    room: rejects.room,
    endInput() {
      inputEnded = true;
      const problem = tally.verdict();
      if (problem === undefined) return;
      closed = true;
      throw new ConfigError(problem);
    },
  };
}
