import { execFileSync } from "node:child_process";
import { truncateSync } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import type { Printed } from "../process.js";
import { type Project, setProject } from "../sync/project.js";
import { isWhole, report } from "./figures.js";

let project: Project;
afterEach(() => project?.close());

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const HARMFUL = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const DEEP = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
const LISTS = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;

/** Puts something in a path's place that nobody expects there. */
type Alien = (path: string) => unknown;
const ALIENS: readonly [string, Alien, isSample?: boolean][] = [
  ["nothing", (path) => writeFile(path, "")],
  ["5,000 levels of objects", (path) => writeFile(path, DEEP), true],
  ["5,000 levels of lists", (path) => writeFile(path, LISTS)],
  ["null", (path) => writeFile(path, "null")],
  ["a number", (path) => writeFile(path, "1e308")],
  ["names that every object has", (path) => writeFile(path, '{"__proto__":{"version":1},"constructor":1}')],
  ["bytes that are no text", (path) => writeFile(path, Buffer.from([0xff, 0xfe, 0, 0x1b, 0x5b, 0x32, 0x4a]))],
  ["20 MB of one line", (path) => writeFile(path, `{"version":1,"x":"${"x".repeat(20_000_000)}"}`)],
  ["5 GB of nothing", (path) => writeFile(path, "").then(() => truncateSync(path, 5_000_000_000)), true],
  ["a folder", (path) => mkdir(path)],
  ["a pipe that nobody writes to", (path) => execFileSync("mkfifo", [path]), true],
  ["a link to itself", (path) => symlink(path, path)],
  ["a link to nowhere", (path) => symlink(`${path}-nowhere`, path)],
  ["a device that never ends", (path) => symlink("/dev/zero", path)],
];

/** The files that the runner reads, and whether it can do its work all the same. */
const PLACES: readonly [string, isNeeded: boolean, isSample?: boolean][] = [
  ["flowcode-iterable.json", true, true],
  ["scheduler.json", false],
  ["fields.json", false],
  ["runs/7.jsonl", false, true],
  ["runs/.0b7f6c1e-5a43-4b1e-9a7e-0d6b6c1f3a11.draft", false],
  ["state/7.json", true],
  ["rejects/7", false],
  ["existing", false],
  [".work-0badcafe", false],
];

const COMMANDS: readonly (readonly string[])[] = [["status"], ["logs", "7"], ["metrics"], ["sync"]];

const rows = () => generatePeople(20, { endMs: Date.now() - 7_200_000 });

describe.each(PLACES.filter(([, , isSample]) => isWhole || isSample))("in place of %s", (place, isNeeded) => {
  test.skipIf(process.platform === "win32").each(ALIENS.filter(([, , isSample]) => isWhole || isSample))(
    "%s is passed over or explained, at once, and stays",
    async (_what, put) => {
      project = await setProject(rows());
      for (const folder of ["runs", "state", "rejects"]) await mkdir(join(project.folder, folder));
      const path = join(project.folder, place);
      if (place === "flowcode-iterable.json") execFileSync("rm", [path]);
      await put(path);
      const before = await readdir(join(path, ".."));
      for (const command of COMMANDS) {
        const begun = performance.now();
        const { code, stdout, stderr } = await project.run(...command);
        report({ bytes: 0, ms: performance.now() - begun });
        const shown = { command, code, text: stdout + stderr };
        expect(shown).toEqual({
          command,
          code: expect.any(Number),
          text: expect.not.stringMatching(/^\s+at |RangeError|TypeError/m),
        });
        expect(shown.text).not.toMatch(HARMFUL);
        if (command[0] === "sync" && !isNeeded) expect(shown).toMatchObject({ code: 0 });
      }
      expect(await readdir(join(path, ".."))).toEqual(expect.arrayContaining(before));
    },
  );
});

test("a file with the highest number that a run can have is named, and no run waits for ever", async () => {
  project = await setProject(rows());
  await mkdir(join(project.folder, "rejects/999999999999999"), { recursive: true });
  const { code, stderr } = await project.run("sync");
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/999999999999999 is taken .*move what bears it away/),
  ]);
});

/** Settings that make no sense, and how each is told. */
const SETTINGS: readonly [string, Printed, RegExp][] = [
  ["keep.days", { keep: { days: 1e308 } }, /keep\.days/],
  ["keep.states", { keep: { states: -1 } }, /keep\.states/],
  ["schedule", { schedule: { every: "99999999999999999999d" } }, /schedule/],
  ["a setting of 5,000 levels", { source: { extra: "DEEP" } }, /nested deeper than 50 levels/],
  ["source.requests_per_second", { source: { requests_per_second: 1e308 } }, /requests_per_second/],
  ["source.lookback_hours", { source: { lookback_hours: -1 } }, /lookback_hours/],
  [
    "destination.max_rejected_percent",
    { destination: { max_rejected_percent: 1e308 } },
    /max_rejected_percent/,
  ],
  ["destination.list_id", { destination: { list_id: -1 } }, /list_id/],
  [
    "a target of an object's own names",
    { destination: { field_mapping: [{ source: "name", target: "a.__proto__" }] } },
    /field_mapping\[0\]/,
  ],
];

test.each(SETTINGS)("%s beyond all bounds is a mistake with its place", async (_what, settings, place) => {
  project = await setProject(rows());
  await project.settings(settings);
  const text = (await project.text("flowcode-iterable.json")).replace('"DEEP"', DEEP);
  await writeFile(join(project.folder, "flowcode-iterable.json"), text);
  const { code, stdout, stderr } = await project.run("check");
  expect([code, stdout + stderr]).toEqual([expect.toBeOneOf([1, 2]), expect.stringMatching(place)]);
});
