import { afterEach, expect, test } from "vitest";
import { iterableSwitches } from "../../../simulators/iterable/switches.js";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());

/** Switches with more than a list of behaviours, set to something else than they begin with. */
const SET: Readonly<Record<string, readonly unknown[]>> = {
  retryAfterSeconds: [1],
  limits: [{ "/api/users/bulkUpdate": 5 }],
  maxBatchUsers: [7],
  interimAnswers: [2],
  forgotten: [["somebody@example.com"]],
  poisoned: [["somebody@example.com"]],
  unreadable: [["somebody@example.com"]],
  fieldLimit: [10],
  visibilityMs: [500],
  extraFields: [500],
  disallowedEventNames: [["other"]],
  poisonedEvents: [["somebody@example.com"]],
  eventFieldLimit: [1],
  exportsRefused: [401, 403],
  exportOutcomes: [["failed", "truncated"]],
  exportProfilesPerSecond: [100],
  exportRowsPerFile: [3],
  exportUrlSeconds: [1],
  exportLagMs: [100],
  exportSlots: [1],
  exportSlotsTaken: [1],
};
const CASES = Object.entries(iterableSwitches.shape).flatMap(([name, declared]) => {
  const inner = declared.unwrap() as { options?: readonly unknown[]; type: string };
  const values =
    SET[name] ??
    (inner.type === "boolean" ? [true, false] : inner.type === "enum" ? (inner.options ?? []) : []);
  return values.length === 0 ? [[name, undefined] as const] : values.map((value) => [name, value] as const);
});

test.each(CASES)(
  "Iterable with %s %j: everybody arrives, in both runs, whatever the mode",
  async (name, value) => {
    // A switch that nobody has set here is one without a case.
    expect(value).toBeDefined();
    iterable = await startIterable({
      fields: { city: "string" },
      ...(value !== undefined && { [name]: value }),
    });
    const people = Array.from({ length: 20 }, (_, number) => ({
      email: `p${number}@example.com`,
      city: "Bonn",
    }));
    const advanced = { max_attempts: 3, bulk_requests_per_second: 4.5, lookup_requests_per_second: 60 };
    for (const overwrite_mode of ["overwrite", "keep_existing"]) {
      const { failure, summary } = await write(iterable.url, people, { overwrite_mode, advanced });
      expect(failure).toBeUndefined();
      expect(summary).toMatch(/20 read = .* 0 rejected \+ 0 unsettled/);
    }
    expect(iterable.users.size).toBe(20);
  },
);
