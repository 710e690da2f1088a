import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { StreamOutcome } from "../../destination-iterable/accounting/tally.js";
import { type IterableSwitches, iterableSwitches } from "../../simulators/iterable/switches.js";
import { type IterableSimulator, startIterable } from "../../simulators/iterable.js";
import { writeLines } from "./sitting.js";

const ODD = "odd@example.com";
const KNOWN = Array.from({ length: 10 }, (_, index) => `known${index}@example.com`);
const NEW = Array.from({ length: 50 }, (_, index) => `new${index}@example.com`);

/** What a switch that is no choice of words is tried with; those with one value alone cannot go well in any other. */
const TRIED: { readonly [name in keyof IterableSwitches]?: readonly IterableSwitches[name][] } = {
  // Their refusals take seconds each; test/pipe/ and the bench keep them.
  limits: [{}],
  retryAfterSeconds: [null],
  maxBatchUsers: [null, 25],
  interimAnswers: [0, 3],
  forgotten: [[], [ODD]],
  poisoned: [[], [ODD]],
  unreadable: [[], [ODD]],
  refusing: [{}, { [ODD]: { status: 400, code: "NeverHeardOf" } }],
  fieldLimit: [1000, 1],
  visibilityMs: [0, 1500],
  extraFields: [0, 3000],
  // A name that is not allowed is a mistake in the settings: write/events.test.ts.
  disallowedEventNames: [[]],
  poisonedEvents: [[], [ODD]],
  eventFieldLimit: [8000, 1],
  exportsRefused: [null, 401, 403],
  exportOutcomes: [[], ["failed"], ["cancelled"], ["truncated"], ["requeued"]],
  exportProfilesPerSecond: [null, 500],
  exportRowsPerFile: [10_000, 7],
  exportUrlSeconds: [1800, 1],
  exportLagMs: [0],
  exportSlots: [4, 1],
  exportSlotsTaken: [0],
};

/** Every value of every switch. */
const BEHAVIOURS = Object.entries(iterableSwitches.shape).flatMap(([name, declaration]) => {
  const { type, innerType } = (declaration as unknown as z.ZodDefault).def;
  const inner = innerType as unknown as {
    readonly def: { readonly type: string };
    readonly options?: readonly string[];
  };
  if (type !== "default") throw new Error(`the switch ${name} has no beginning`);
  const values =
    TRIED[name as keyof IterableSwitches] ?? (inner.def.type === "boolean" ? [false, true] : inner.options);
  if (values === undefined) throw new Error(`the switch ${name} is not tried: give it values here`);
  return values.map((value) => [name, value] as const);
});

const STATE =
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{"n":1}}}}';
const lineOf = (email: string, city: string) =>
  JSON.stringify({
    type: "RECORD",
    record: {
      stream: "contacts",
      data: { email, city, size: 3, "new field": "x", lastConvertedAt: "2026-01-01T00:00:00Z" },
      emitted_at: 1,
    },
  });

async function run(iterable: IterableSimulator, city: string, settings: Record<string, unknown>) {
  const lines = [...[ODD, ...KNOWN, ...NEW].map((email) => lineOf(email, city)), STATE];
  const advanced = { lookup_requests_per_second: 1000, batch_size: 25, max_attempts: 3 };
  const ran = await writeLines(
    iterable.url,
    lines,
    {
      create_new_fields: true,
      unmapped_fields: "same_name",
      lists: [{ id: 7 }],
      events: [{ name: "converted", field_mapping: [{ source: "city", target: "city" }] }],
      ...settings,
      advanced,
    },
    { cursor_field: ["lastConvertedAt"] },
  );
  const outcome = ran.told.find(([type]) => type === "stream_outcome")?.[1] as StreamOutcome | undefined;
  return { ...ran, outcome };
}

const citiesOf = (iterable: IterableSimulator, emails: readonly string[]) => [
  ...new Set(emails.map((email) => iterable.users.get(email)?.dataFields.city)),
];

describe("whatever Iterable does where the facts leave it open, everybody arrives and is acknowledged, again and again", () => {
  test.concurrent.each(BEHAVIOURS)("%s: %j", { timeout: 120_000 }, async (name, value) => {
    // What is there before was written long ago.
    let early = 3_600_000;
    const iterable = await startIterable({
      now: () => Date.now() - early,
      limitsHeld: false,
      lists: [7],
      fields: { city: "string" },
      [name]: value,
    });
    for (const email of [ODD, ...KNOWN]) iterable.put({ email, dataFields: { city: "before" } });
    early = 0;
    const method = name.startsWith("export") ? "export" : "auto";

    const kept = await run(iterable, "first", {
      overwrite_mode: "keep_existing",
      existing_contacts: { method },
    });
    expect(kept.failure).toBeUndefined();
    expect([citiesOf(iterable, KNOWN), citiesOf(iterable, NEW)]).toEqual([["before"], ["first"]]);
    for (const time of [1, 2]) {
      const { failure, acknowledged, outcome } = await run(iterable, "second", {});
      expect([time, failure, acknowledged.length]).toEqual([time, undefined, 1]);
      expect(outcome).toMatchObject({ read: 61, unsettled: 0 });
      expect(citiesOf(iterable, [...KNOWN, ...NEW])).toEqual(["second"]);
    }
    const members = iterable.lists.get(7);
    expect([...KNOWN, ...NEW].filter((email) => !members?.has(email))).toEqual([]);
    const senders = [...iterable.events.values()].map(({ email }) => email).filter((email) => email !== ODD);
    expect(senders.sort()).toEqual([...KNOWN, ...NEW].sort());
    expect(iterable.collisions).toEqual([]);
    await iterable.close();
  });
});
