import type { WindowCounts } from "../../protocol/message.js";

/** The queue of states that cover every stream and came before any stream was seen. */
const ALL = "";

/** The records of one stream between two states. */
interface Window {
  open: number;
  settled: number;
  rejected: number;
  /** Whether the mapping may be at fault for any of the rejected. */
  isBlamed: boolean;
}

/** A state that waits for its records. */
interface WaitingState {
  readonly line: string;
  /** What it waits for: one stream's records, or those of all streams. */
  readonly parts: { readonly queue: WaitingState[]; readonly window: Window }[];
}

/** What a record holds on to, to say how it ended. Nothing in it is for others than the ledger. */
export type Ticket = Readonly<Window>;

/** How a record ended: `blamed` is a rejection for which the mapping may be at fault. */
export type Settled = "settled" | "rejected" | "blamed";

export interface ReleasedState {
  readonly line: string;
  readonly counts: WindowCounts;
}

/**
 * Knows which states may be released: those whose stream's earlier records (for a state of all streams: every
 * stream's) are all settled. Within a stream states leave in the order in which they came. A quiet stream holds up
 * nobody else's. Costs the same however many records there are.
 */
export interface Ledger {
  /** Takes a record in. It stays open until `settle` is called with its ticket, once. */
  admit(stream: string): Ticket;
  settle(ticket: Ticket, how: Settled): void;
  /** Takes a state in: `stream` is undefined for one that covers every stream. */
  state(stream: string | undefined, line: string): void;
  /**
   * Takes out the states that may be released now, in order. Without `evenIfBlamed`, a state whose window has a
   * rejection for which the mapping may be at fault waits, and those behind it too.
   */
  release(evenIfBlamed: boolean): ReleasedState[];
  /**
   * Lets go of states whose records are all settled, and behind which another of the same streams waits that does not
   * wait for more than they do: the later one covers them, and gets their counts.
   */
  condense(): void;
  /** States that have come in and not been released. */
  readonly waiting: number;
  /** Their characters, all together. */
  readonly waitingChars: number;
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: the queues and windows that its methods share
export function createLedger(): Ledger {
  const current = new Map<string, Window>();
  const queues = new Map<string, WaitingState[]>();
  let waiting = 0;
  let waitingChars = 0;

  const emptyWindow = (): Window => ({ open: 0, settled: 0, rejected: 0, isBlamed: false });
  const windowOf = (stream: string): Window => {
    let window = current.get(stream);
    if (!window) {
      window = emptyWindow();
      current.set(stream, window);
    }
    return window;
  };
  const queueOf = (stream: string): WaitingState[] => {
    let queue = queues.get(stream);
    if (!queue) {
      queue = [];
      queues.set(stream, queue);
      // States of all streams that still wait came before whatever this stream brings.
      for (const state of queues.get(ALL) ?? []) {
        queue.push(state);
        state.parts.push({ queue, window: emptyWindow() });
      }
    }
    return queue;
  };
  const mayLeave = (state: WaitingState, evenIfBlamed: boolean): boolean =>
    state.parts.every(
      ({ queue, window }) => queue[0] === state && window.open === 0 && (evenIfBlamed || !window.isBlamed),
    );

  /** Takes a state's line out of what is counted. */
  const forget = ({ line }: WaitingState): void => {
    waiting -= 1;
    waitingChars -= line.length;
  };

  return {
    admit(stream) {
      const window = windowOf(stream);
      window.open += 1;
      return window;
    },
    settle(ticket, how) {
      const window: Window = ticket;
      window.open -= 1;
      if (how === "settled") window.settled += 1;
      else window.rejected += 1;
      if (how === "blamed") window.isBlamed = true;
    },
    state(stream, line) {
      const streams = stream === undefined ? new Set([...current.keys(), ...queues.keys(), ALL]) : [stream];
      const parts = [...streams].map((name) => ({ queue: queueOf(name), window: windowOf(name) }));
      const state: WaitingState = { line, parts };
      for (const { queue } of parts) queue.push(state);
      for (const name of streams) current.delete(name);
      waiting += 1;
      waitingChars += line.length;
    },
    release(evenIfBlamed) {
      const out: ReleasedState[] = [];
      let moved = true;
      while (moved) {
        moved = false;
        for (const [stream, queue] of queues) {
          const head = queue[0];
          // A stream of which nothing waits is not remembered: any number of them may be named.
          if (!head) queues.delete(stream);
          if (!head || !mayLeave(head, evenIfBlamed)) continue;
          const counts = { settled: 0, rejected: 0 };
          for (const part of head.parts) {
            part.queue.shift();
            counts.settled += part.window.settled;
            counts.rejected += part.window.rejected;
          }
          out.push({ line: head.line, counts });
          forget(head);
          moved = true;
        }
      }
      return out;
    },
    condense() {
      for (const queue of queues.values()) {
        for (let at = 0; at < queue.length - 1; ) {
          const [earlier, later] = [queue[at], queue[at + 1]] as [WaitingState, WaitingState];
          if (mayCover(later, earlier)) {
            cover(later, earlier);
            forget(earlier);
          } else at += 1;
        }
      }
    },
    get waiting() {
      return waiting;
    },
    get waitingChars() {
      return waitingChars;
    },
  };
}

/** Whether a state says all that an earlier one does: it is the next of each of its streams, and of no others. */
function mayCover(later: WaitingState, earlier: WaitingState): boolean {
  return (
    later.parts.length === earlier.parts.length &&
    later.parts.every(({ window }) => window.open === 0) &&
    earlier.parts.every(
      ({ queue, window }) => window.open === 0 && queue[queue.indexOf(earlier) + 1] === later,
    )
  );
}

/** Puts a later state in an earlier one's place. */
function cover(later: WaitingState, earlier: WaitingState): void {
  for (const { queue, window } of earlier.parts) {
    queue.splice(queue.indexOf(earlier), 1);
    const into = later.parts.find((part) => part.queue === queue)?.window as Window;
    into.settled += window.settled;
    into.rejected += window.rejected;
    into.isBlamed ||= window.isBlamed;
  }
}
