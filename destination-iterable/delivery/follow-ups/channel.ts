import type { Packed } from "../compact/packing.js";
import type { Contact } from "../contact.js";
import type { Deliver, Delivered } from "../delivered.js";
import { createPipeline, type PipelineOptions } from "../pipeline.js";
import { createWaiters } from "../waiters.js";

/** How often a profile that cannot be found yet is asked for again. */
const POLL_MS = 2_000;

/** One list or event, and the way there: what is to be sent is gathered into requests of its own. */
export interface Channel<I> {
  add(contact: Contact<I>): void;
  /** Undefined where there is room for more; else resolves when there is. */
  room(): Promise<void> | undefined;
  /** Sends what is left, and resolves when everything has ended; once stopped, when what is on its way has. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChannelOptions<I>
  extends Pick<
    PipelineOptions<I>,
    "batchSize" | "batchBytes" | "batchSeconds" | "maxInFlight" | "onFailure"
  > {
  readonly pack: (contact: Contact<I>) => Packed<I>;
  readonly deliver: Deliver<I>;
  readonly bringsNewField: (contact: Contact<I>) => boolean;
  /** Whether a profile that Iterable does not find was written so recently that it may be found yet. */
  readonly mayBeFoundYet: (item: I) => boolean;
  readonly onEnd: (delivered: Delivered<I>) => void;
  readonly onBatchEnd: () => void;
  /** Rejects when it is not to be waited any longer. */
  readonly sleep: (ms: number) => Promise<void>;
}

export function createChannel<I>(options: ChannelOptions<I>): Channel<I> {
  const queue: Contact<I>[] = [];
  const most = options.batchSize * (options.maxInFlight + 1);
  let outstanding = 0;
  let feeding = false;
  let stopped = false;
  /** Whether something was added since the last drain began. */
  let fresh = false;
  const { wake, until } = createWaiters(() => stopped);
  const again = async (contact: Contact<I>): Promise<void> => {
    await options.sleep(POLL_MS);
    push(contact);
  };

  const pipeline = createPipeline<I>({
    ...options,
    // Whatever the order of arrival, each is another event, or the same wish.
    order: { reduce: (contact) => contact, remember: () => undefined },
    isHeldUp: () => false,
    onEnd(delivered) {
      const { contact, outcome } = delivered;
      const isUnknown = outcome.kind === "rejected" && outcome.reason === "not_found";
      if (isUnknown && !stopped && contact.records.every(options.mayBeFoundYet)) {
        // Where the wait is cut short, the run is too, and the record stays unsettled.
        again(contact).catch(() => undefined);
        return;
      }
      outstanding -= contact.records.length;
      options.onEnd(delivered);
      wake();
    },
    onFailure(error) {
      stopped = true;
      options.onFailure(error);
      wake();
    },
  });

  const push = (contact: Contact<I>): void => {
    queue.push(contact);
    fresh = true;
    if (!feeding) void feed();
    wake();
  };
  /** Takes one after the other in, as a pipeline wants it. */
  const feed = async (): Promise<void> => {
    feeding = true;
    for (let next = queue.shift(); next && !stopped; next = queue.shift()) {
      const room = pipeline.admit(next);
      if (room !== undefined) await room;
    }
    feeding = false;
    wake();
  };

  return {
    add(contact) {
      outstanding += contact.records.length;
      push(contact);
    },
    room: () => (outstanding < most || stopped ? undefined : until(() => outstanding < most)),
    async drain() {
      while (outstanding > 0 && !stopped) {
        fresh = false;
        await until(() => !feeding);
        await pipeline.drain();
        // What is left waits to be asked for again.
        await until(() => outstanding === 0 || fresh);
      }
      // Whoever is stopped still takes the answers to what is on its way.
      if (stopped) await pipeline.stop();
    },
    async stop() {
      stopped = true;
      wake();
      await pipeline.stop();
    },
  };
}
