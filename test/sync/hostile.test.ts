import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContactRow } from "../../simulators/flowcode/row.js";
import { compiled, runNode } from "../process.js";
import { type Project, setProject } from "./project.js";

/** A title for the window, another colour, a move of the cursor, a line of its own, and the same in 8 bits. */
const EVIL = "\x1b]0;owned\x07\x1b[35mEvil\x1b[2J\rRun 9 succeeded\n✓ all fine \u009b35m\u202e";
const NAME = `\x1b[35mBirthday\x07 ${"\u009b"}2K`;
/** The colours that this program uses itself. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are allowed.
const OWN = /\x1b\[(?:0|1|2|31|32|33|36)m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not get through.
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

let project: Project;
beforeAll(async () => {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const row = (user: object): ContactRow =>
    ({ user, firstConvertedAt: at, lastConvertedAt: at }) as ContactRow;
  project = await setProject(
    [
      row({ email: "ann@example.com", name: EVIL, [NAME]: EVIL }),
      row({ email: `bad${EVIL}@@example.com`, name: EVIL, [NAME]: EVIL }),
      row({ email: "bob@example.com", [EVIL]: EVIL }),
    ],
    { iterable: { fields: { [NAME]: "date" } } },
  );
  await project.run("sync");
  project.iterable.put({ email: "ann@example.com", dataFields: { firstName: EVIL, [EVIL]: EVIL } });
});
afterAll(() => project.close());

const COMMANDS: readonly (readonly string[])[] = [
  ["check"],
  ["fields", "--show-data"],
  ["fields", "--json"],
  ["sync", "--dry-run"],
  ["sync", "--dry-run", "--json"],
  ["sync", "--full"],
  ["sync", "--contact", "ann@example.com"],
  ["status"],
  ["status", "--json"],
  ["logs"],
  ["logs", "1"],
  ["logs", "1", "--json"],
  ["logs", "1", "--failed", "--show-data"],
  ["logs", "1", "--failed", "--show-data", "--json"],
  ["explain", "ann@example.com"],
  ["explain", "ann@example.com", "--json"],
  ["verify", "1", "--all", "--show-data"],
  ["retry-rejected", "1"],
  ["report", "1"],
  ["logs", EVIL.replaceAll("\n", " ")],
  [EVIL.replaceAll("\n", " ")],
];

describe("escape sequences of names, values and arguments never reach a terminal", () => {
  test.each(
    COMMANDS.map(
      (args) => [args.map((arg) => (arg.includes("\x1b") ? "(evil)" : arg)).join(" "), args] as const,
    ),
  )("%s", async (_name, args) => {
    const env = { FORCE_COLOR: "1", COLUMNS: "80" };
    const { stdout, stderr } = await runNode(
      compiled("sync/main.js"),
      [...args, "--project", project.folder],
      { env },
    );
    const printed = `${stdout}${stderr}`;
    expect(printed.length).toBeGreaterThan(0);
    expect(printed.replace(OWN, "")).not.toMatch(OBEYED);
    expect(printed).not.toMatch(/^(Run 9 succeeded|✓ all fine)/m);
  });
});

test("colours are shown where they are asked for, and nowhere else", async () => {
  const run = (env: Record<string, string>) =>
    runNode(compiled("sync/main.js"), ["status", "--project", project.folder], { env });
  const of = async (env: Record<string, string>) => OWN.test((await run(env)).stdout);
  OWN.lastIndex = 0;
  expect(await of({ FORCE_COLOR: "1" })).toBe(true);
  OWN.lastIndex = 0;
  expect(await of({})).toBe(false);
  expect(await of({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
});
