import fc from "fast-check";
import { expect, test } from "vitest";
import { createLayout } from "../../protocol/layout.js";

type Objects = [members: [string, unknown][], most: number][];
const NO_NAME_THEN_NONE: Objects = [
  [[["", 1]], 1],
  [[], 0],
];
const ONE_NAME_THEN_TWO: Objects = [
  [[["a\u0000b", 1]], 1],
  [
    [
      ["a", 1],
      ["b", 2],
    ],
    2,
  ],
];

test("an object holds what was added since it was begun, whatever came before", () => {
  const name = fc.oneof(
    fc.constantFrom("a", "b", "c", "__proto__", "constructor", "1", "", "a\u0000b"),
    fc.string(),
  );
  const members = fc.array(fc.tuple(name, fc.jsonValue()), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(members, fc.nat(30)), { minLength: 1, maxLength: 20 }), (objects) => {
      const layout = createLayout();
      for (const [given, most] of objects) {
        const own = given.slice(0, most);
        layout.clear();
        for (const [key, value] of own) layout.add(key, value);
        for (const [key] of given) expect(layout.has(key)).toBe(own.some(([other]) => other === key));
        const made = layout.build();
        expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
        expect(JSON.stringify(made)).toBe(JSON.stringify(Object.fromEntries(own)));
      }
    }),
    { seed: 20261124, examples: [[NO_NAME_THEN_NONE], [ONE_NAME_THEN_TWO]] },
  );
});
