import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createSentMemory,
  type Sent,
} from "../../../../destination-iterable/delivery/compact/sent-memory.js";

const sets = ["a", "b", "a b"].map((names) => new Set(names.split(" ")));
const sent = fc.record({
  cursor: fc.record({ seconds: fc.double(), nanos: fc.integer({ min: 0, max: 999_999_999 }) }),
  fields: fc.constantFrom(...sets),
  older: fc.constantFrom(undefined, {
    cursor: { seconds: 1, nanos: 2 },
    fields: new Set(["c"]),
    older: undefined,
  }),
});

test("what was set last of a contact comes back as it was, for as many contacts as it has room for", () => {
  const step = fc.tuple(fc.string({ maxLength: 2 }), sent);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memory = createSentMemory(2000);
      const expected = new Map<string, Sent>();
      for (const [key, value] of steps) {
        expect(memory.get(key)).toEqual(expected.get(key));
        memory.set(key, value);
        expected.set(key, value);
      }
      for (const [key, value] of expected) expect(memory.get(key)).toEqual(value);
    }),
    { seed: 20261124, numRuns: 500 },
  );
});

test("a hundred thousand contacts are told apart, and the oldest forgotten", () => {
  const memory = createSentMemory(100_000);
  const keys = Array.from({ length: 150_000 }, (_, index) => `person${index}@example.com`);
  const [fields] = sets as [Set<string>];
  const taken = keys.filter((key, seconds) => {
    const isTaken = memory.get(key) !== undefined;
    memory.set(key, { cursor: { seconds, nanos: 0 }, fields, older: undefined });
    return isTaken;
  });
  expect(taken).toEqual([]);
  const known = keys.map((key) => memory.get(key)?.cursor.seconds);
  expect(known.slice(0, 50_000).every((seconds) => seconds === undefined)).toBe(true);
  expect(known.slice(100_000)).toEqual(keys.map((_, index) => index).slice(100_000));
});

test("a contact with more sets of fields than are numbered is remembered all the same", () => {
  const memory = createSentMemory(10_000);
  for (let seconds = 0; seconds < 2000; seconds += 1) {
    memory.set(`k${seconds}`, {
      cursor: { seconds, nanos: 0 },
      fields: new Set([`f${seconds}`]),
      older: undefined,
    });
  }
  for (let seconds = 0; seconds < 2000; seconds += 1) {
    expect(memory.get(`k${seconds}`)?.fields).toEqual(new Set([`f${seconds}`]));
  }
});
