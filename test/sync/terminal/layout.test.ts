import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitted, tied, widthOf, wrapped } from "../../../sync/terminal/layout.js";
import { squeezed, table } from "../../../sync/terminal/table.js";

const NAMES = [
  "Shirt Size",
  "お名前（フリガナ）",
  "👩‍👩‍👧‍👦 family",
  "Straßenname und Hausnummer",
  "ชื่อ",
  "e\u0301t\u00e9",
];

describe("a table", () => {
  test("has columns as wide as they need, wide scripts and emoji included", () => {
    const text = table(
      ["FIELD", "N"],
      NAMES.map((name) => [name, "1"]),
    );
    const columns = text
      .split("\n")
      .map((line) => widthOf(line.slice(0, line.lastIndexOf(/N$/.test(line) ? "N" : "1"))));
    expect(new Set(columns).size).toBe(1);
  });

  test("cuts at words and keeps within the terminal", () => {
    const text = table(
      ["FIELD", "WHY"],
      [["birthday", "It is not a date that can be read without guessing."]],
      40,
    );
    expect(text).toBe(
      ["FIELD     WHY", "birthday  It is not a date that can be", "          read without guessing."].join(
        "\n",
      ),
    );
  });

  test("keeps within every width that leaves its columns some room, whatever the cells hold", () => {
    const cell = fc.oneof(fc.constantFrom(...NAMES, ""), fc.string({ unit: "grapheme", maxLength: 80 }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 6 }),
        fc.integer({ min: 30, max: 130 }),
        (rows, columns) => {
          const lines = table(["A", "B", "C"], rows, columns).split("\n");
          expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test("takes room from its widest columns first", () => {
    expect(squeezed([10, 60, 30], 60)).toEqual([10, 25, 25]);
    expect(squeezed([10, 20], 100)).toEqual([10, 20]);
    expect(squeezed([50, 50], 4)).toEqual([8, 8]);
  });
});

describe("a page", () => {
  test("goes on below where a long line began", () => {
    expect(fitted("  one two three four five", 16)).toBe("  one two\n    three four\n    five");
  });

  test("never splits a command, which could not be pasted", () => {
    const command = tied("flowcode-iterable logs --project my-sync 12 --failed");
    const page = fitted(`    See each of them: ${command} and go on`, 40);
    expect(page.split("\n").map((line) => line.trim())).toEqual([
      "See each of them:",
      "flowcode-iterable logs --project my-sync 12 --failed",
      "and go on",
    ]);
  });

  test("has no line wider than the terminal, in whatever script", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 300 }),
        fc.integer({ min: 20, max: 120 }),
        (text, columns) => {
          const line = text.replace(/[\r\n]/g, " ");
          for (const piece of fitted(line, columns).split("\n"))
            expect(widthOf(piece)).toBeLessThanOrEqual(columns);
        },
      ),
    );
    expect(wrapped("お名前とご住所をご記入ください", 10).every((line) => widthOf(line) <= 10)).toBe(true);
  });
});

describe("a sentence that ends in a command", () => {
  const command = "npx --no flowcode-iterable init --project /tmp/a";
  const sentence = "Nothing syncs by itself: the settings have no schedule. Choose one with:";

  test("is cut at words, and the command stays in one piece", () => {
    const lines = fitted(`${sentence} ${tied(command)}`, 60).split("\n");
    expect(lines.map((line) => line.trim())).toContain(command);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(60);
  });

  test("leaves a command alone in its line that is wider than the terminal", () => {
    const lines = fitted(`${sentence} ${tied(command)}`, 40).split("\n");
    expect(lines.map((line) => line.trim())).toContain(command);
    expect(Math.max(...lines.slice(0, -1).map(widthOf))).toBeLessThanOrEqual(40);
  });
});
