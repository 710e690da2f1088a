import fc from "fast-check";
import { expect, test } from "vitest";
import { createProfileTable } from "../../../destination-iterable/existing/profile-table.js";

const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 0xffffffff }));
const entry = fc.record({ high: word, low: word, mask: fc.tuple(word, word) });

test("a table holds what a Map would: every profile once, with the mask that came last", () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3_000 }), fc.array(entry), (put, others) => {
      const table = createProfileTable(2);
      const model = new Map<string, number[]>();
      // 0,0 marks an empty slot, and is taken for 0,1.
      const id = (high: number, low: number) => `${high},${high === 0 && low === 0 ? 1 : low}`;
      for (const { high, low, mask } of put) {
        table.set({ high, low }, mask);
        model.set(id(high, low), mask);
      }
      expect(table.size).toBe(model.size);
      for (const { high, low } of [...put, ...others]) {
        const known = model.get(id(high, low));
        expect(table.has({ high, low })).toBe(known !== undefined);
        expect(table.word({ high, low }, 0)).toBe(known?.[0]);
        expect(table.word({ high, low }, 1)).toBe(known?.[1]);
      }
      const copy = createProfileTable(2);
      for (const each of table.entries()) copy.add(each);
      expect(new Map([...copy.entries()].map(([high, low, ...mask]) => [`${high},${low}`, mask]))).toEqual(
        model,
      );
    }),
    { numRuns: 50 },
  );
});

test("five million profiles with thirty fields take less than 250 MB", () => {
  const table = createProfileTable(1);
  let state = 1;
  const random = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  for (let count = 0; count < 500_000; count += 1) table.set({ high: random(), low: random() }, [1]);
  expect(table.bytes / table.size).toBeLessThan(250e6 / 5e6);
});
