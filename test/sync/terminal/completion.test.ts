import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Completed, SHELLS, type Shell, scriptFor } from "../../../sync/terminal/completion.js";
import { compiled, runNode } from "../../process.js";

const COMMANDS: readonly Completed[] = [
  { name: "status", describe: "What's next: now", options: ["project", "json"], words: [] },
  { name: "sync", describe: "Send", options: ["project", "limit"], words: [] },
  { name: "service", describe: "Keep it running", options: ["project"], words: ["print", "install"] },
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "completion-"));
  await mkdir(join(folder, "my project"));
});
afterAll(() => rm(folder, { recursive: true }));

/** What bash offers for a command line whose last word is being typed. */
function offered(script: string, line: readonly string[]): string[] {
  const ask = `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _flowcode_iterable; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync("bash", ["--norc", "-c", ask, "bash", "flowcode-iterable", ...line], {
    cwd: folder,
    encoding: "utf8",
  });
  return printed.split("\n").filter((word) => word !== "");
}

describe("bash offers", () => {
  test.each([
    [["st"], ["status"]],
    [["s"], ["status", "sync", "service"]],
    [["sync", "--l"], ["--limit"]],
    [
      ["service", ""],
      ["print", "install", "--project"],
    ],
    [["service", "in"], ["install"]],
    [["unknown", "-"], []],
    [["sync", "--project", "my"], ["my project"]],
  ])("for %j: %j", (line, words) => expect(offered(scriptFor("bash", COMMANDS), line)).toEqual(words));
});

test("the program prints a script with all its commands, and the words that may follow", async () => {
  const { stdout } = await runNode(compiled("sync/main.js"), ["completion", "bash"]);
  expect(offered(stdout, ["retry"])).toEqual(["retry-rejected"]);
  expect(offered(stdout, ["completion", ""]).slice(0, 3)).toEqual(["bash", "zsh", "fish"]);
  expect(offered(stdout, ["sync", "--dry"])).toEqual(["--dry-run"]);
});

/** How a shell is asked whether it can read a script. */
const READS: Readonly<Record<Shell, readonly string[]>> = {
  bash: ["-n"],
  zsh: ["-n"],
  fish: ["--no-execute"],
};

test("each shell of this machine can read its script", async () => {
  const written = SHELLS.map(async (shell) => {
    const file = join(folder, `script.${shell}`);
    await writeFile(file, scriptFor(shell, COMMANDS));
    return { shell, file };
  });
  const asked = (await Promise.all(written))
    .map(({ shell, file }) => ({
      shell,
      ...spawnSync(shell, [...READS[shell], file], { cwd: folder, encoding: "utf8" }),
    }))
    .filter(({ error }) => error === undefined);
  expect(asked.map(({ shell }) => shell)).toContain("bash");
  for (const { shell, status, stderr } of asked) expect([shell, status, stderr]).toEqual([shell, 0, ""]);
});

test.each(["zsh", "fish"] as const)("the script for %s names every command, option and word", (shell) => {
  const script = scriptFor(shell, COMMANDS);
  for (const { name, options, words } of COMMANDS)
    for (const word of [name, ...options, ...words]) expect(script).toContain(word);
  expect(script).toContain("What'\\''s next");
});
