import fc from "fast-check";
import { expect, test } from "vitest";
import { TransientError } from "../../../connector/errors.js";
import { createPacker, type Packed } from "../../../destination-iterable/delivery/compact/packing.js";
import type { Contact } from "../../../destination-iterable/delivery/contact.js";
import type { Delivered, Landed } from "../../../destination-iterable/delivery/delivered.js";
import { createOrderTable } from "../../../destination-iterable/delivery/order.js";
import { createPipeline } from "../../../destination-iterable/delivery/pipeline.js";

interface Row {
  readonly id: number;
  readonly key: string;
  readonly at: number;
  readonly fields: Record<string, unknown>;
  readonly poisoned: boolean;
}

const pack = createPacker<Row>(({ identifier, fields }) => ({ email: identifier, dataFields: fields }));

const asContact = (row: Row): Contact<Row> => ({
  key: row.key,
  identifier: row.key,
  mode: "overwrite",
  fields: row.fields,
  layers: [{ cursor: { seconds: row.at, nanos: 0 }, fields: row.fields }],
  records: [row],
});

/** What Iterable must hold in the end: for each field the value of the newest record that carries it. */
function reference(rows: readonly Row[]): Record<string, Record<string, unknown>> {
  const profiles: Record<string, Record<string, unknown>> = {};
  const inOrder = rows.filter(({ poisoned }) => !poisoned).sort((a, b) => a.at - b.at || a.id - b.id);
  for (const { key, fields } of inOrder) profiles[key] = { ...profiles[key], ...fields };
  return profiles;
}

/** An Iterable that refuses contacts with a poisoned record, and takes its time in an order that the test decides. */
function createIterable(scheduler: fc.Scheduler) {
  const profiles: Record<string, Record<string, unknown>> = {};
  const inFlight = new Set<string>();
  const violations: string[] = [];
  let batches = 0;
  const deliver = async (batch: readonly Packed<Row>[]): Promise<Delivered<Row>[]> => {
    batches += 1;
    for (const { contact } of batch) {
      if (inFlight.has(contact.key)) violations.push(contact.key);
      inFlight.add(contact.key);
    }
    await scheduler.schedule(Promise.resolve(), "answer");
    batches -= 1;
    return batch.map(({ contact }) => {
      inFlight.delete(contact.key);
      if (contact.records.some(({ poisoned }) => poisoned)) {
        return {
          contact,
          outcome: { kind: "rejected", stage: "delivery", reason: "server_error" },
          dropped: [],
        };
      }
      profiles[contact.key] = { ...profiles[contact.key], ...contact.fields };
      return { contact, outcome: { kind: "delivered" }, dropped: [] };
    });
  };
  return { profiles, violations, deliver, isHeldUp: () => batches >= 2 };
}

const rows = fc
  .array(
    fc.record({
      key: fc.constantFrom("a", "b", "c", "d"),
      at: fc.integer({ min: 1, max: 6 }),
      fields: fc.dictionary(fc.constantFrom("x", "y", "z"), fc.integer({ min: 0, max: 99 })),
      poisoned: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((list): Row[] =>
    list.map((row, id) => {
      const poisoned = row.poisoned && id % 5 === 0;
      // A poisoned record says something of its own, so that no newer record makes it superfluous.
      return { ...row, id, poisoned, fields: poisoned ? { ...row.fields, [`only${id}`]: id } : row.fields };
    }),
  );

test("whatever the order of answers: no contact twice in flight, the newest wins, every record ends once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      rows,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      async (scheduler, input, batchSize, maxInFlight) => {
        const iterable = createIterable(scheduler);
        const ended = new Map<number, string>();
        const twice: number[] = [];
        const pipeline = createPipeline<Row>({
          deliver: iterable.deliver,
          isHeldUp: iterable.isHeldUp,
          pack,
          order: createOrderTable(),
          batchSize,
          batchBytes: 10_000,
          batchSeconds: 1000,
          maxInFlight,
          bringsNewField: () => false,
          onEnd({ contact, outcome }) {
            for (const { id } of contact.records) {
              if (ended.has(id)) twice.push(id);
              ended.set(id, outcome.kind);
            }
          },
          onBatchEnd: () => undefined,
          onFailure: (error) => {
            throw error;
          },
        });
        const run = async () => {
          for (const row of input) await pipeline.admit(asContact(row));
          await pipeline.drain();
        };
        await scheduler.waitFor(run());
        expect(iterable.violations).toEqual([]);
        expect(twice).toEqual([]);
        expect([...ended.keys()].sort((a, b) => a - b)).toEqual(input.map(({ id }) => id));
        for (const { id, poisoned } of input) expect(ended.get(id)).toBe(poisoned ? "rejected" : "delivered");
        expect(iterable.profiles).toEqual(reference(input));
      },
    ),
    { seed: 20260102, numRuns: 300 },
  );
});

test("a failure leaves what is unsettled as it is, and reports itself once it is known", async () => {
  const failures: unknown[] = [];
  const ended: string[] = [];
  const pipeline = createPipeline<Row>({
    isHeldUp: () => false,
    deliver: async (batch) => {
      if (batch.some(({ contact }) => contact.key === "b")) throw new Error("outage");
      return batch.map(({ contact }) => ({ contact, outcome: { kind: "delivered" }, dropped: [] }));
    },
    pack,
    order: createOrderTable(),
    batchSize: 1,
    batchBytes: 10_000,
    batchSeconds: 1000,
    maxInFlight: 1,
    bringsNewField: () => false,
    onEnd: ({ contact }) => void ended.push(contact.key),
    onBatchEnd: () => undefined,
    onFailure: (error) => void failures.push(error),
  });
  for (const [id, key] of ["a", "b", "c"].entries()) {
    await pipeline.admit(asContact({ id, key, at: 1, fields: {}, poisoned: false }));
  }
  await pipeline.drain();
  expect(failures).toHaveLength(1);
  expect(ended).not.toContain("b");
});

test("takes nothing more in while batches wait for their turn", async () => {
  let waiting = 0;
  const turns: (() => void)[] = [];
  const pipeline = createPipeline<Row>({
    isHeldUp: () => waiting > 0,
    deliver: async (batch) => {
      waiting += 1;
      await new Promise<void>((resolve) => turns.push(resolve));
      waiting -= 1;
      return batch.map(({ contact }) => ({ contact, outcome: { kind: "delivered" }, dropped: [] }));
    },
    pack,
    order: createOrderTable(),
    batchSize: 2,
    batchBytes: 10_000,
    batchSeconds: 1000,
    maxInFlight: 4,
    bringsNewField: () => false,
    onEnd: () => undefined,
    onBatchEnd: () => undefined,
    onFailure: (error) => expect.unreachable(String(error)),
  });
  const admit = (id: number) =>
    pipeline.admit(asContact({ id, key: `p${id}`, at: 1, fields: { id }, poisoned: false }));
  expect(admit(1)).toBeUndefined();
  let isTaken = false;
  const taken = admit(2)?.then(() => {
    isTaken = true;
  });
  await Promise.resolve();
  expect([turns.length, isTaken]).toEqual([1, false]);
  turns[0]?.();
  await taken;
  expect(admit(3)).toBeUndefined();
  const drained = pipeline.drain();
  turns[1]?.();
  await drained;
});

const PROBLEM = new TransientError("Iterable is down");

/** A pipeline into an Iterable that fails on some contacts, and says so only once somebody has been delivered. */
function postponing(fails: (key: string) => boolean) {
  const ended: Record<string, string> = {};
  const failures: unknown[] = [];
  let hasDelivered = false;
  const pipeline = createPipeline<Row>({
    async deliver(batch) {
      return batch.map(({ contact }): Landed<Row> => {
        if (!fails(contact.key)) {
          hasDelivered = true;
          return { contact, outcome: { kind: "delivered" }, dropped: [] };
        }
        if (!hasDelivered) return { contact, outcome: { kind: "postponed", error: PROBLEM }, dropped: [] };
        return {
          contact,
          outcome: { kind: "rejected", stage: "delivery", reason: "server_error" },
          dropped: [],
        };
      });
    },
    pack,
    order: createOrderTable(),
    batchSize: 1,
    batchBytes: 1_000_000,
    batchSeconds: 60,
    maxInFlight: 1,
    isHeldUp: () => false,
    bringsNewField: () => false,
    onEnd: ({ contact, outcome }) => {
      ended[contact.key] = outcome.kind;
    },
    onBatchEnd: () => undefined,
    onFailure: (error) => void failures.push(error),
  });
  const admit = async (...keys: readonly string[]) => {
    for (const [id, key] of keys.entries())
      await pipeline.admit(asContact({ id, key, at: 1, fields: { x: 1 }, poisoned: false }));
    await pipeline.drain();
  };
  return { admit, ended, failures };
}

test("a contact that fails before anybody was delivered gets another turn behind the others", async () => {
  const { admit, ended, failures } = postponing((key) => key === "odd");
  await admit("odd", "a", "b");
  expect([ended, failures]).toEqual([{ odd: "rejected", a: "delivered", b: "delivered" }, []]);
});

test("where nobody can be delivered, the run fails, after a few contacts", async () => {
  const alone = postponing(() => true);
  await alone.admit("odd");
  expect([alone.ended, alone.failures]).toEqual([{}, [PROBLEM]]);
  const many = postponing(() => true);
  await many.admit("a", "b", "c", "d", "e", "f", "g");
  expect([many.ended, many.failures]).toEqual([{}, [PROBLEM]]);
});
