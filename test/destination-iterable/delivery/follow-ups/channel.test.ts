import { describe, expect, test } from "vitest";
import { createPacker, type Packed } from "../../../../destination-iterable/delivery/compact/packing.js";
import type { Contact } from "../../../../destination-iterable/delivery/contact.js";
import type { Delivered } from "../../../../destination-iterable/delivery/delivered.js";
import { createChannel } from "../../../../destination-iterable/delivery/follow-ups/channel.js";

type Outcome = Delivered<number>["outcome"];
const DELIVERED: Outcome = { kind: "delivered" };
const NOT_FOUND: Outcome = { kind: "rejected", stage: "event", reason: "not_found" };

/** A channel whose batches wait until they are answered. */
function setUp(options: { readonly batchSize?: number; readonly mayBeFoundYet?: boolean } = {}) {
  const batches: { readonly size: number; answer(outcome: Outcome): void; fail(): void }[] = [];
  const ended: [number, string][] = [];
  const failures: unknown[] = [];
  const sleeps: (() => void)[] = [];
  const pack = createPacker<number>((contact) => ({ id: contact.key }));
  const channel = createChannel<number>({
    pack,
    deliver: (batch: readonly Packed<number>[]) =>
      new Promise<Delivered<number>[]>((resolve, reject) => {
        batches.push({
          size: batch.length,
          answer: (outcome) => resolve(batch.map(({ contact }) => ({ contact, outcome, dropped: [] }))),
          fail: () => reject(new Error("down")),
        });
      }),
    batchSize: options.batchSize ?? 2,
    batchBytes: 10_000,
    batchSeconds: 1000,
    maxInFlight: 2,
    bringsNewField: () => false,
    mayBeFoundYet: () => options.mayBeFoundYet ?? false,
    onEnd: ({ contact, outcome }) => void ended.push([contact.records[0] as number, outcome.kind]),
    onBatchEnd: () => undefined,
    onFailure: (error) => void failures.push(error),
    sleep: () => new Promise((resolve) => void sleeps.push(resolve)),
  });
  const add = (number: number) => {
    const contact: Contact<number> = {
      key: `event-${number}`,
      identifier: "ann@example.com",
      mode: "overwrite",
      fields: {},
      layers: [{ cursor: undefined, fields: {} }],
      records: [number],
    };
    channel.add(contact);
  };
  return { channel, add, batches, ended, failures, sleeps };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a channel", () => {
  test("sends full batches at once and the rest when it is drained", async () => {
    const { channel, add, batches, ended } = setUp();
    for (const number of [1, 2, 3]) add(number);
    expect(batches.map(({ size }) => size)).toEqual([2]);
    const drained = channel.drain();
    await turn();
    expect(batches.map(({ size }) => size)).toEqual([2, 1]);
    for (const batch of batches) batch.answer(DELIVERED);
    await drained;
    expect(ended).toHaveLength(3);
  });

  test("has no room when it holds more than is on its way, until answers come", async () => {
    const { channel, add, batches } = setUp();
    for (let number = 0; number < 6; number += 1) add(number);
    const room = channel.room();
    expect(room).toBeInstanceOf(Promise);
    batches[0]?.answer(DELIVERED);
    await room;
    expect(channel.room()).toBeUndefined();
  });

  test("asks again for who may be found yet, and takes a drain's end only then", async () => {
    const { channel, add, batches, ended, sleeps } = setUp({ mayBeFoundYet: true });
    add(1);
    const drained = channel.drain();
    await turn();
    batches[0]?.answer(NOT_FOUND);
    await turn();
    expect([ended.length, sleeps.length]).toEqual([0, 1]);
    sleeps[0]?.();
    await turn();
    batches[1]?.answer(DELIVERED);
    await drained;
    expect(ended).toEqual([[1, "delivered"]]);
  });

  test("once stopped sends nothing more, and takes the answers to what is on its way", async () => {
    const { channel, add, batches, ended } = setUp();
    for (const number of [1, 2, 3]) add(number);
    void channel.stop();
    const drained = channel.drain();
    await turn();
    expect([batches.length, ended.length]).toEqual([1, 0]);
    batches[0]?.answer(DELIVERED);
    await drained;
    expect(ended).toHaveLength(2);
  });

  test("tells its failures, and its drain ends", async () => {
    const { channel, add, batches, ended, failures } = setUp();
    for (const number of [1, 2, 3]) add(number);
    const drained = channel.drain();
    await turn();
    batches[0]?.fail();
    batches[1]?.fail();
    await drained;
    expect([failures.length, ended.length]).toEqual([2, 0]);
  });
});
