import { createBatch, fitsAlone } from "./batch.js";
import type { Packed } from "./compact/packing.js";
import type { Contact } from "./contact.js";
import type { Deliver, Delivered, Landed, Postponed } from "./delivered.js";
import { merge, type OrderTable } from "./order.js";
import { createParking } from "./parking.js";
import { createWaiters } from "./waiters.js";

/** A contact that exceeds a request by itself. */
const TOO_LARGE: Delivered<unknown>["outcome"] = {
  kind: "rejected",
  stage: "delivery",
  reason: "contact_too_large",
};

/** So many contacts may fail, each alone, without anybody's success before Iterable is taken to be down. */
const MOST_POSTPONED = 5;

const isPostponed = <R>(result: Landed<R>): result is Postponed<R> => result.outcome.kind === "postponed";

export interface PipelineOptions<R> {
  readonly deliver: Deliver<R>;
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

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one closure: who is held, on the way and gathered, which its steps share
export function createPipeline<R>(options: PipelineOptions<R>): Pipeline<R> {
  const batch = createBatch<R>(options.batchSize, options.batchBytes);
  const flying = new Set<string>();
  const parking = createParking<R>();
  const postponed: Postponed<R>[] = [];
  const maxHeld = options.batchSize * (options.maxInFlight + 1);
  let held = 0;
  let inFlight = 0;
  let halted = false;
  let timer: NodeJS.Timeout | undefined;
  const { wake, until } = createWaiters(() => halted && inFlight === 0);
  const hasRoom = () => held < maxHeld && inFlight <= options.maxInFlight && !options.isHeldUp();

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
        for (const { contact } of members) for (const next of parking.leave(contact.key)) enqueue(next);
        if (results.some(({ outcome }) => outcome.kind === "delivered")) resume();
        if (postponed.length >= MOST_POSTPONED) giveUp();
        options.onBatchEnd();
      })
      .catch(fail)
      .finally(() => {
        inFlight -= 1;
        wake();
      });
  };

  const fail = (error: unknown): void => {
    halted = true;
    options.onFailure(error);
  };
  const resume = (): void => {
    for (const { contact } of postponed.splice(0)) {
      held += contact.records.length;
      enqueue(contact);
    }
  };
  const giveUp = (): void => fail(postponed[0]?.outcome.error);

  const land = (result: Landed<R>): void => {
    const { contact, outcome } = result;
    if (isPostponed(result)) {
      held -= contact.records.length;
      postponed.push(result);
      return;
    }
    if (outcome.kind === "rejected" && contact.parts) parking.split(contact, contact.parts);
    else end(result);
  };

  const enqueue = (arrived: Contact<R>): void => {
    if (flying.has(arrived.key) || parking.has(arrived.key)) return parking.park(arrived);
    const contact = options.order.reduce(arrived);
    parking.inherit(contact, arrived);
    if (contact !== arrived && Object.keys(contact.fields).length === 0) {
      // A newer record has already said everything that this one says.
      return end({ contact, outcome: { kind: "delivered" }, dropped: [] });
    }
    const present = batch.get(contact.key);
    if (present && !parking.mayMerge(present.contact, contact)) return parking.park(contact);
    const packed = options.pack(present ? merge(present.contact, contact) : contact);
    parking.inherit(packed.contact, contact);
    if (!fitsAlone(packed.bytes, options.batchBytes) && !present)
      return end({ contact, outcome: TOO_LARGE, dropped: [] });
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
    const isFree = () => !flying.has(contact.key) && !parking.has(contact.key);
    dispatch();
    await until(isFree);
    if (halted) return;
    dispatch();
    enqueue(contact);
    dispatch();
    await until(isFree);
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
        if (held > 0 || inFlight > 0) return false;
        if (postponed.length > 0) giveUp();
        return true;
      });
    },
    async stop() {
      halted = true;
      clearTimeout(timer);
      wake();
      await until(() => inFlight === 0);
    },
  };
}
