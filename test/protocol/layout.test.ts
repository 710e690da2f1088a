import fc from "fast-check";
import { expect, test } from "vitest";
import { createLayout } from "../../protocol/layout.js";

test("an object holds the first values by their names, whatever came before", () => {
  const name = fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor", "1"), fc.string());
  const members = fc.array(fc.tuple(name, fc.jsonValue()), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(members, fc.nat(30)), { minLength: 1, maxLength: 20 }), (objects) => {
      const layOut = createLayout();
      for (const [given, most] of objects) {
        const count = Math.min(most, given.length);
        const names = given.map(([key]) => key);
        const values = given.map(([, value]) => value);
        const made = layOut(names, values, count);
        expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
        expect(JSON.stringify(made)).toBe(JSON.stringify(Object.fromEntries(given.slice(0, count))));
      }
    }),
    { seed: 20261124 },
  );
});
