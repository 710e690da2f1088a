import { expect, test } from "vitest";
import type { Event, Started } from "../../../sync/runs/events.js";
import { createRecord } from "../../../sync/runs/record.js";

const AT = "2026-01-01T00:00:00.000Z";
const started = { event: "started", run: 1, at: AT } as Started;

function open() {
  const written: Event[] = [];
  const journal = {
    add: (event: Event) => Promise.resolve(void written.push(event)),
    beat: () => undefined,
    close: () => Promise.resolve(),
  };
  return { record: createRecord({ journal }, started), written };
}

test("a run that says more than its log keeps says so once, and goes on", async () => {
  const { record, written } = open();
  const message = "x".repeat(1_000_000);
  for (let at = 0; at < 50; at += 1)
    await record.add({ event: "said", at: AT, by: "destination", level: "warn", message });
  await record.add({ event: "undone", at: AT, contacts: 3 });
  expect(written.length).toBeLessThan(20);
  expect(written.filter((event) => JSON.stringify(event).includes("more than its log keeps"))).toHaveLength(
    1,
  );
  expect(record.run.undone).toBe(3);
});

test("of how far a run has come, the log keeps all and the run the last", async () => {
  const { record, written } = open();
  for (let read = 1; read <= 1_000; read += 1)
    await record.add({ event: "progress", at: AT, read, settled: 0, rejected: 0 });
  expect(written).toHaveLength(1_000);
  expect(record.run.progress).toMatchObject([{ read: 1_000 }]);
});
