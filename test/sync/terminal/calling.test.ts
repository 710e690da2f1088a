import { describe, expect, test } from "vitest";
import { pasted, programOf, projectOf, quoted } from "../../../sync/terminal/calling.js";

const COMMANDS = new Set(["sync", "logs", "retry-rejected"]);

describe("the program is named as it was called", () => {
  test.each([
    [
      "found by the shell",
      ["/usr/bin/node", "/usr/local/bin/flowcode-iterable"],
      { PATH: "/usr/bin:/usr/local/bin" },
      "flowcode-iterable",
    ],
    [
      "by npx",
      ["/usr/bin/node", "/w/node_modules/.bin/flowcode-iterable"],
      { PATH: "/w/node_modules/.bin", npm_command: "exec" },
      "npx --no flowcode-iterable",
    ],
    [
      "by its path",
      ["/usr/bin/node", "/w/node_modules/.bin/flowcode-iterable"],
      { PATH: "/usr/bin" },
      "node_modules/.bin/flowcode-iterable",
    ],
    [
      "as a script",
      ["/usr/bin/node", "/w/dist/sync/main.js"],
      { PATH: "/usr/bin" },
      "node dist/sync/main.js",
    ],
    ["as a script elsewhere", ["/usr/bin/node", "/else where/main.js"], {}, 'node "/else where/main.js"'],
  ])("%s", (_how, argv, env, program) => {
    expect(programOf(argv, env, "/w")).toBe(program);
  });
});

test.each([
  [["sync"], undefined],
  [["sync", "--project", "."], undefined],
  [["sync", "--project", "my sync"], "my sync"],
  [["--project=a", "sync"], "a"],
])("the project of %j is %j", (args, project) => {
  expect(projectOf(args)).toBe(project);
});

describe("commands in texts can be pasted", () => {
  const calling = { program: "npx --no flowcode-iterable", project: "my sync", commands: COMMANDS };

  test.each([
    ["Begin with: flowcode-iterable sync", 'Begin with: npx --no flowcode-iterable sync --project "my sync"'],
    [
      "flowcode-iterable logs 12 --failed; then go on",
      'npx --no flowcode-iterable logs --project "my sync" 12 --failed; then go on',
    ],
    ["flowcode-iterable sync --project /x --full", "npx --no flowcode-iterable sync --project /x --full"],
    ["flowcode-iterable is a program", "flowcode-iterable is a program"],
    ["npx --no flowcode-iterable sync", "npx --no flowcode-iterable sync"],
  ])("%s", (text, expected) => {
    expect(pasted(text, calling)).toBe(expected);
  });

  test("stay as they are where they work like that", () => {
    const text = "flowcode-iterable retry-rejected 3";
    expect(pasted(text, { program: "flowcode-iterable", project: undefined, commands: COMMANDS })).toBe(text);
  });
});

test.each([
  ["my-sync", "my-sync"],
  ["C:\\my sync", '"C:\\my sync"'],
  ["it's $HOME", "'it'\\''s $HOME'"],
])("%s is quoted for shells as %s", (word, expected) => {
  expect(quoted(word)).toBe(expected);
});
