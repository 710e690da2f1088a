import { expect, test } from "vitest";
// @ts-expect-error: a script of its own, without types.
import { stringsIn } from "../../scripts/strings.mjs";

test("texts for people are found with their lines; paths, names and comments are not", () => {
  const code = [
    'import { a } from "./some/path.js";',
    '// a comment with "quoted words in it"',
    'const NAME = "field_mapping";',
    "throw new Error(`the file cannot be read: try again`);",
    'const help = "Exit status: 0 success";',
  ].join("\n");
  expect(stringsIn(code)).toEqual([
    { line: 4, text: "the file cannot be read: try again" },
    { line: 5, text: "Exit status: 0 success" },
  ]);
});
