import { type Batch, createBatch, fitsAlone } from "./batch.js";
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

export function createPipeline<R>(options: PipelineOptions<R>): Pipeline<R> {
  return new BatchPipeline(options);
}

/**
 * A contact is taken in, gathered into a batch, sent with it, and lands. Each chapter below hands on to the next; a
 * contact whose key is on its way is parked, and gathered when that one has landed.
 */
class BatchPipeline<R> implements Pipeline<R> {
  private readonly batch: Batch<R>;
  private readonly parking = createParking<R>();
  private readonly waiters = createWaiters(() => this.halted && this.inFlight === 0);
  private readonly maxHeld: number;
  /** Keys of the contacts that are on their way. */
  private readonly flying = new Set<string>();
  /** Contacts that Iterable failed on, each alone, and that wait for somebody's success. */
  private readonly postponed: Postponed<R>[] = [];
  /** Records that were taken in and have not ended. Those of postponed contacts do not count: they may wait long. */
  private held = 0;
  /** Requests on their way. */
  private inFlight = 0;
  private halted = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PipelineOptions<R>) {
    this.batch = createBatch<R>(options.batchSize, options.batchBytes);
    this.maxHeld = options.batchSize * (options.maxInFlight + 1);
  }

  // Taking in

  admit(contact: Contact<R>): Promise<void> | undefined {
    this.held += 1;
    if (this.halted) return undefined;
    if (this.options.bringsNewField(contact)) return this.admitFirst(contact);
    this.gather(contact);
    return this.hasRoom() ? undefined : this.untilThereIsRoom();
  }

  async drain(): Promise<void> {
    await this.waiters.until(() => {
      this.dispatch();
      if (this.held > 0 || this.inFlight > 0) return false;
      if (this.postponed.length > 0) this.giveUp();
      return true;
    });
  }

  async stop(): Promise<void> {
    this.halted = true;
    clearTimeout(this.timer);
    this.waiters.wake();
    await this.waiters.until(() => this.inFlight === 0);
  }

  private hasRoom(): boolean {
    return this.held < this.maxHeld && this.inFlight <= this.options.maxInFlight && !this.options.isHeldUp();
  }

  private untilThereIsRoom(): Promise<void> {
    return this.waiters.until(() => {
      if (this.held >= this.maxHeld && this.inFlight < this.options.maxInFlight) this.dispatch();
      return this.hasRoom();
    });
  }

  /** The first contact with a field that Iterable does not have goes alone, so that it alone decides on the type. */
  private async admitFirst(contact: Contact<R>): Promise<void> {
    const isFree = () => !this.flying.has(contact.key) && !this.parking.has(contact.key);
    this.dispatch();
    await this.waiters.until(isFree);
    if (this.halted) return;
    this.dispatch();
    this.gather(contact);
    this.dispatch();
    await this.waiters.until(isFree);
  }

  // Gathering

  private gather(arrived: Contact<R>): void {
    if (this.flying.has(arrived.key) || this.parking.has(arrived.key)) return this.parking.park(arrived);
    const contact = this.options.order.reduce(arrived);
    this.parking.inherit(contact, arrived);
    if (contact !== arrived && Object.keys(contact.fields).length === 0) {
      // A newer record has already said everything that this one says.
      return this.end({ contact, outcome: { kind: "delivered" }, dropped: [] });
    }
    const present = this.batch.get(contact.key);
    if (present && !this.parking.mayMerge(present.contact, contact)) return this.parking.park(contact);
    this.put(contact, present);
  }

  /** Puts a contact into the batch, merged into `present`, the one of the same key; sends the batch where it is full. */
  private put(contact: Contact<R>, present: Packed<R> | undefined): void {
    const { pack, batchBytes, batchSeconds } = this.options;
    const packed = pack(present ? merge(present.contact, contact) : contact);
    this.parking.inherit(packed.contact, contact);
    if (!present && !fitsAlone(packed.bytes, batchBytes)) {
      return this.end({ contact, outcome: TOO_LARGE, dropped: [] });
    }
    if (this.batch.wouldOverflow(packed.bytes - (present?.bytes ?? 0))) {
      this.dispatch();
      return this.gather(contact);
    }
    if (present) this.batch.replace(packed);
    else this.batch.add(packed);
    this.timer ??= setTimeout(() => this.dispatch(), batchSeconds * 1000);
    if (this.batch.isFull) this.dispatch();
  }

  // Sending

  private dispatch(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.halted && this.batch.size > 0) this.send(this.batch.take());
  }

  private send(members: readonly Packed<R>[]): void {
    for (const { contact } of members) this.flying.add(contact.key);
    this.inFlight += 1;
    this.options
      .deliver(members)
      .then((results) => this.land(members, results))
      .catch((error: unknown) => this.fail(error))
      .finally(() => {
        this.inFlight -= 1;
        this.waiters.wake();
      });
  }

  // Landing

  private land(members: readonly Packed<R>[], results: readonly Landed<R>[]): void {
    for (const { contact } of members) this.flying.delete(contact.key);
    for (const result of results) this.settle(result);
    for (const { contact } of members) for (const next of this.parking.leave(contact.key)) this.gather(next);
    if (results.some(({ outcome }) => outcome.kind === "delivered")) this.resumePostponed();
    if (this.postponed.length >= MOST_POSTPONED) this.giveUp();
    this.options.onBatchEnd();
  }

  private settle(result: Landed<R>): void {
    const { contact, outcome } = result;
    if (isPostponed(result)) {
      this.held -= contact.records.length;
      this.postponed.push(result);
    } else if (outcome.kind === "rejected" && contact.parts) this.parking.split(contact, contact.parts);
    else this.end(result);
  }

  private end(delivered: Delivered<R>): void {
    this.held -= delivered.contact.records.length;
    if (delivered.outcome.kind === "delivered") this.options.order.remember(delivered.contact);
    this.options.onEnd(delivered);
  }

  private resumePostponed(): void {
    for (const { contact } of this.postponed.splice(0)) {
      this.held += contact.records.length;
      this.gather(contact);
    }
  }

  /** Takes Iterable to be down. */
  private giveUp(): void {
    this.fail(this.postponed[0]?.outcome.error);
  }

  private fail(error: unknown): void {
    this.halted = true;
    this.options.onFailure(error);
  }
}
