import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeAtomically } from "../../../sync/project/atomic.js";
import { folderAt } from "../../../sync/project/folder.js";
import { keepOutOfRepositories, PAGE_MARK, replaceMarked } from "../../../sync/project/own-file.js";
import { forgetStates, saveState } from "../../../sync/project/saved-state.js";
import { writeSettings } from "../../../sync/project/settings.js";
import { forgetRuns } from "../../../sync/runs/archive.js";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "own-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));
const at = (name: string) => join(root, name);
const page = (text: string) => `<!doctype html><head>${PAGE_MARK}</head>${text}`;

test("a report takes the place of an older report, and of nothing else", async () => {
  await replaceMarked(at("report-1.html"), page("old"), PAGE_MARK);
  await replaceMarked(at("report-1.html"), page("new"), PAGE_MARK);
  expect(await readFile(at("report-1.html"), "utf8")).toBe(page("new"));
  await writeFile(at("report-2.html"), "mine");
  await symlink(at("report-1.html"), at("report-3.html"));
  for (const name of ["report-2.html", "report-3.html"])
    await expect(replaceMarked(at(name), page("new"), PAGE_MARK)).rejects.toThrow(
      "was not made by this command",
    );
  expect(await readFile(at("report-2.html"), "utf8")).toBe("mine");
});

test("what is written whole leaves a draft of somebody's own alone", async () => {
  await writeFile(at("a.json.draft"), "mine");
  await writeFile(at("victim"), "mine");
  await symlink(at("victim"), at("b.json.draft"));
  await writeAtomically(at("a.json"), "1");
  await writeAtomically(at("b.json"), "1");
  expect(await readFile(at("a.json.draft"), "utf8")).toBe("mine");
  expect(await readFile(at("victim"), "utf8")).toBe("mine");
  expect((await readdir(root)).length).toBe(5);
});

test("settings behind a link are saved behind it, with a .gitignore that is made once", async () => {
  await writeFile(at("kept.json"), '{"version": 1}');
  await symlink(at("kept.json"), at("flowcode-iterable.json"));
  await writeSettings(folderAt(root), { version: 1, schedule: { every: "1d" } });
  expect(JSON.parse(await readFile(at("kept.json"), "utf8"))).toMatchObject({ schedule: { every: "1d" } });
  expect(await readFile(at(".gitignore"), "utf8")).toContain("flowcode-iterable.json");
  await writeFile(at(".gitignore"), "mine");
  await keepOutOfRepositories(at(".gitignore"));
  expect(await readFile(at(".gitignore"), "utf8")).toBe("mine");
});

test("old runs, rejected contacts and states are forgotten by their names; what others have put beside them stays", async () => {
  const folder = folderAt(root);
  const holder = { host: "", pid: 1, birth: "" };
  const started = { event: "started", at: "2020-01-01T00:00:00Z", trigger: "by hand", version: "1", holder };
  const run = (number: number) => JSON.stringify({ ...started, run: number });
  for (const number of [1, 2, 3])
    await saveState(folder, { run: number, savedAt: "", lines: {} }, `token-${number}`);
  await mkdir(folder.runs);
  await mkdir(folder.rejectsOf(1), { recursive: true });
  await mkdir(folder.rejectsOf(2));
  for (const [path, text] of [
    [folder.log(1), run(1)],
    [folder.log(2), run(2)],
    [folder.log(3), "not a run"],
    [folder.log(4), run(4)],
    [`${folder.rejectsOf(1)}/2020-01-01T00-00-00-000Z-12.jsonl`, "{}"],
    [`${folder.rejectsOf(1)}/mine.jsonl`, "mine"],
    [`${folder.rejectsOf(2)}/2020-01-01T00-00-00-000Z-0f3a9c.jsonl`, "{}"],
    [folder.state(4), "not a state"],
  ] as const)
    await writeFile(path, text);
  await forgetRuns(folder, 90, Date.now());
  await forgetStates(folder, 2);
  expect((await readdir(root, { recursive: true })).sort()).toEqual([
    "rejects",
    "rejects/1",
    "rejects/1/mine.jsonl",
    "runs",
    "runs/3.jsonl",
    "runs/4.jsonl",
    "state",
    "state/2.json",
    "state/3.json",
    "state/4.json",
  ]);
});
