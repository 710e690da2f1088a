import { createBatch, fitsAlone } from "./batch.js";
import type { Packed } from "./compact/packing.js";
import type { Contact } from "./contact.js";
import type { Delivered } from "./delivered.js";
import { merge, type OrderTable } from "./order.js";

export interface PipelineOptions<R> {
  readonly deliver: (batch: readonly Packed<R>[]) => Promise<readonly Delivered<R>[]>;
  readonly pack: (contact: Contact<R>) => Packed<R>;
  readonly order: OrderTable;
  readonly batchSize: number;
  readonly batchBytes: number;
  readonly batchSeconds: number;
  readonly maxInFlight: number;
  /** Whether so many batches wait for their turn that what is taken in could only wait behind them. */
  readonly isHeldUp: () => boolean;
  /** Whether a contact carries a field that nobody has sent yet and that Iterable would create. */
  readonly bringsNewField: (contact: Contact<R>) => boolean;
  /** Told of every contact that has ended, once. */
  readonly onEnd: (delivered: Delivered<R>) => void;
  /** Called when a batch has ended, after `onEnd` for its contacts. */
  readonly onBatchEnd: () => void;
  /** Told of the first failure. What is unsettled then stays so. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Takes contacts to Iterable: several batches at a time, one contact never twice at once, the newer record of a
 * contact winning whatever the order of arrival.
 */
export interface Pipeline<R> {
  /** Takes a contact in. Resolves at once, or when there is room again. Does not reject: see `onFailure`. */
  admit(contact: Contact<R>): Promise<void> | undefined;
  /** Sends what is left, and resolves when every contact has ended or the pipeline has failed. */
  drain(): Promise<void>;
  /** Takes nothing more on its way, and resolves when what is on its way has come back. */
  stop(): Promise<void>;
}

export function createPipeline<R>(options: PipelineOptions<R>): Pipeline<R> {
  const batch = createBatch<R>(options.batchSize, options.batchBytes);
  const flying = new Set<string>();
  /** Contacts that wait behind one with the same key. */
  const parked = new Map<string, Contact<R>[]>();
  /** Merged contacts that were rejected are sent again record by record: these must not be merged once more. */
  const alone = new WeakSet<Contact<R>>();
  const maxHeld = options.batchSize * (options.maxInFlight + 1);
  let held = 0;
  let inFlight = 0;
  let halted = false;
  let timer: NodeJS.Timeout | undefined;
  let waiters: (() => void)[] = [];

  const progress = () => {
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };
  const hasRoom = () => held < maxHeld && inFlight <= options.maxInFlight && !options.isHeldUp();
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition() && !(halted && inFlight === 0))
      await new Promise<void>((resolve) => waiters.push(resolve));
  };

  const end = (delivered: Delivered<R>): void => {
    held -= delivered.contact.records.length;
    if (delivered.outcome.kind === "delivered") options.order.remember(delivered.contact);
    options.onEnd(delivered);
  };

  const send = (members: readonly Packed<R>[]): void => {
    for (const { contact } of members) flying.add(contact.key);
    inFlight += 1;
    options
      .deliver(members)
      .then((results) => {
        for (const { contact } of members) flying.delete(contact.key);
        for (const result of results) land(result);
        for (const { contact } of members) wakeParked(contact.key);
        options.onBatchEnd();
      })
      .catch((error: unknown) => {
        halted = true;
        options.onFailure(error);
      })
      .finally(() => {
        inFlight -= 1;
        progress();
      });
  };

  const land = (result: Delivered<R>): void => {
    const { contact, outcome } = result;
    if (outcome.kind !== "rejected" || !contact.parts) return end(result);
    // Which of its records is at fault is not known yet: each gets a chance of its own, in order.
    for (const part of contact.parts) alone.add(part);
    parked.set(contact.key, [...contact.parts, ...(parked.get(contact.key) ?? [])]);
  };

  const wakeParked = (key: string): void => {
    const waiting = parked.get(key);
    if (!waiting) return;
    parked.delete(key);
    for (const contact of waiting) enqueue(contact);
  };

  const mayMerge = (a: Contact<R>, b: Contact<R>): boolean =>
    a.mode === b.mode && a.mode !== "restore" && !alone.has(a) && !alone.has(b);

  const park = (contact: Contact<R>): void => {
    const waiting = parked.get(contact.key);
    const last = waiting?.at(-1);
    if (!waiting || !last) parked.set(contact.key, [contact]);
    else if (!mayMerge(last, contact)) waiting.push(contact);
    else waiting[waiting.length - 1] = merge(last, contact);
  };

  const enqueue = (arrived: Contact<R>): void => {
    if (flying.has(arrived.key) || parked.has(arrived.key)) return park(arrived);
    const contact = options.order.reduce(arrived);
    if (alone.has(arrived)) alone.add(contact);
    if (contact !== arrived && Object.keys(contact.fields).length === 0) {
      // A newer record has already said everything that this one says.
      return end({ contact, outcome: { kind: "delivered" }, dropped: [] });
    }
    const present = batch.get(contact.key);
    if (present && !mayMerge(present.contact, contact)) return park(contact);
    const packed = options.pack(present ? merge(present.contact, contact) : contact);
    if (alone.has(contact)) alone.add(packed.contact);
    if (!fitsAlone(packed.bytes, options.batchBytes) && !present) {
      return end({
        contact,
        outcome: { kind: "rejected", stage: "delivery", reason: "contact_too_large" },
        dropped: [],
      });
    }
    if (batch.wouldOverflow(packed.bytes - (present?.bytes ?? 0))) {
      dispatch();
      return enqueue(contact);
    }
    if (present) batch.replace(packed);
    else batch.add(packed);
    timer ??= setTimeout(dispatch, options.batchSeconds * 1000);
    if (batch.isFull) dispatch();
  };

  const dispatch = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!halted && batch.size > 0) send(batch.take());
  };

  /** The first contact with a field that Iterable does not have goes alone, so that it alone decides on the type. */
  const admitFirst = async (contact: Contact<R>): Promise<void> => {
    dispatch();
    await until(() => !flying.has(contact.key) && !parked.has(contact.key));
    if (halted) return;
    dispatch();
    enqueue(contact);
    dispatch();
    await until(() => !flying.has(contact.key) && !parked.has(contact.key));
  };

  return {
    admit(contact) {
      held += 1;
      if (halted) return undefined;
      if (options.bringsNewField(contact)) return admitFirst(contact);
      enqueue(contact);
      if (hasRoom()) return undefined;
      return until(() => {
        if (held >= maxHeld && inFlight < options.maxInFlight) dispatch();
        return hasRoom();
      });
    },
    async drain() {
      await until(() => {
        dispatch();
        return held === 0;
      });
    },
    async stop() {
      halted = true;
      clearTimeout(timer);
      progress();
      await until(() => inFlight === 0);
    },
  };
}
