import { randomUUID } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { folderAt } from "../../../sync/project/folder.js";
import { parseSettings } from "../../../sync/project/settings.js";
import { layOutWork } from "../../../sync/project/work.js";
import { holderOf } from "../../../sync/runs/holder.js";

const SETTINGS = parseSettings('{"version": 1, "source": {"org_id": "o"}}', "settings");
/** A process that has never been. */
const GONE = 4_194_305;
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "work-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const layOut = () => layOutWork(folderAt(root), SETTINGS, { run: 7, state: undefined });
/** What a process that is gone has left. */
async function leave(name = `.work-${randomUUID()}`, made: object = {}): Promise<string> {
  await mkdir(join(root, name));
  const lease = { made_by: "flowcode-iterable", name, holder: { ...(await holderOf()), pid: GONE }, ...made };
  await writeFile(join(root, name, "lease.json"), JSON.stringify(lease));
  await writeFile(join(root, name, "source.json"), "{}");
  return name;
}
const names = () => readdir(root);

test("what the connectors are started with lies in a folder of its own, for its owner alone, until it is cleared", async () => {
  const [one, other] = await Promise.all([layOut(), layOut()]);
  expect(one.path("")).not.toBe(other.path(""));
  for (const file of ["source.json", "destination.json", "catalog.json", "state.jsonl"])
    expect([(await lstat(one.path(file))).mode & 0o777, (await lstat(one.path(""))).mode & 0o777]).toEqual([
      0o600, 0o700,
    ]);
  await one.clear();
  await other.clear();
  expect(await names()).toEqual([]);
});

describe("what is left", () => {
  test("by a process that is gone is removed, by its record", async () => {
    await leave();
    await (await layOut()).clear();
    expect(await names()).toEqual([]);
  });

  test("by a process that was killed before its record was there is an empty folder, and goes", async () => {
    await mkdir(join(root, `.work-${randomUUID()}`));
    await (await layOut()).clear();
    expect(await names()).toEqual([]);
  });

  test("by several at once is cleared without taking anybody's folder from under them", async () => {
    const made = await Promise.all(Array.from({ length: 20 }, layOut));
    for (const work of made) expect(JSON.parse(await readFile(work.path("lease.json"), "utf8"))).toBeTruthy();
    for (const work of made) await work.clear();
    expect(await names()).toEqual([]);
  });

  test("by a process that lives stays", async () => {
    const name = await leave(undefined, { holder: await holderOf() });
    await (await layOut()).clear();
    expect(await names()).toEqual([name]);
  });

  test("by a process that cannot be seen from here stays while it may live", async () => {
    const name = await leave(undefined, { holder: { host: "another machine", pid: 1, birth: "" } });
    await (await layOut()).clear();
    expect(await names()).toEqual([name]);
  });

  test("beside files of others loses its own files alone", async () => {
    const name = await leave();
    await writeFile(join(root, name, "thesis.txt"), "mine");
    await (await layOut()).clear();
    expect(await readdir(join(root, name))).toEqual(["thesis.txt"]);
  });
});

/** Files of the user's own that look more and more like those of the project. */
const FOREIGN: readonly (readonly [what: string, make: () => Promise<unknown>])[] = [
  ["a folder work with files", () => mkdir(join(root, "work", "4711"), { recursive: true })],
  [
    "a folder with a number that no process has",
    () => mkdir(join(root, "work", String(GONE)), { recursive: true }),
  ],
  [
    "a folder with a name of the project's and somebody's file, without a record",
    async () => {
      const folder = join(root, `.work-${randomUUID()}`);
      await mkdir(folder);
      await writeFile(join(folder, "mine.txt"), "mine");
    },
  ],
  ["a record of another name", () => leave(`.work-${randomUUID()}`, { name: "another" })],
  ["a record of another program", () => leave(`.work-${randomUUID()}`, { made_by: "somebody" })],
  ["a folder whose name is almost one", () => leave(".work-mine")],
  ["a file with a name of the project's", () => writeFile(join(root, `.work-${randomUUID()}`), "mine")],
];

test.each(FOREIGN)("%s stays as it is", async (_what, make) => {
  await make();
  const before = await readdir(root, { recursive: true });
  await (await layOut()).clear();
  expect(await readdir(root, { recursive: true })).toEqual(before);
});

test.each(["work", `.work-${randomUUID()}`])(
  "a link %s leads to a folder that keeps its files",
  async (name) => {
    const target = await mkdtemp(join(tmpdir(), "target-"));
    try {
      await writeFile(join(target, "source.json"), "mine");
      await writeFile(
        join(target, "lease.json"),
        JSON.stringify({ made_by: "flowcode-iterable", name, holder: { ...(await holderOf()), pid: GONE } }),
      );
      await symlink(target, join(root, name));
      await (await layOut()).clear();
      expect(await readFile(join(target, "source.json"), "utf8")).toBe("mine");
      expect(await names()).toEqual([name]);
    } finally {
      await rm(target, { recursive: true });
    }
  },
);

test("a record that is a link to another file is no record", async () => {
  const name = await leave();
  await rm(join(root, name, "lease.json"));
  const elsewhere = join(root, "elsewhere.json");
  await writeFile(
    elsewhere,
    JSON.stringify({ made_by: "flowcode-iterable", name, holder: { ...(await holderOf()), pid: GONE } }),
  );
  await symlink(elsewhere, join(root, name, "lease.json"));
  await (await layOut()).clear();
  expect(await readdir(join(root, name))).toContain("source.json");
});
