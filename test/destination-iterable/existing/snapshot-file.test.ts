import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createProfileTable } from "../../../destination-iterable/existing/profile-table.js";
import { readSnapshot, writeSnapshot } from "../../../destination-iterable/existing/snapshot-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "snapshot-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const purpose = { fingerprint: "f", words: 1 };
const COUNT = 150_000;
/** As if it had been drawn by lot. */
const scattered = (index: number) => (Math.imul(index ^ (index >>> 7), 2654435761) ^ (index << 9)) >>> 0;

async function keep(count = COUNT) {
  const table = createProfileTable(1);
  for (let index = 0; index < count; index += 1)
    table.set({ high: scattered(index), low: scattered(index + 77) }, [index]);
  await writeSnapshot(folder, purpose, { table, at: 2000, fullAt: 1000 });
  const [name = ""] = await readdir(folder);
  return { table, path: join(folder, name) };
}

test("what is kept is found again, whole; nothing else is left in the folder", async () => {
  await keep();
  const { table } = await keep();
  expect(await readdir(folder)).toHaveLength(1);
  const found = await readSnapshot(folder, purpose);
  if (found.kind !== "found") throw new Error(found.kind);
  expect(found.snapshot).toMatchObject({ at: 2000, fullAt: 1000 });
  expect(found.snapshot.table.size).toBe(table.size);
  for (const [high = 0, low = 0, mask] of table.entries())
    if (found.snapshot.table.word({ high, low }, 0) !== mask) throw new Error(`${high},${low} is lost`);
});

test("a snapshot that was made for something else is none", async () => {
  await keep(10);
  for (const other of [
    { ...purpose, fingerprint: "g" },
    { ...purpose, words: 2 },
  ])
    expect(await readSnapshot(folder, other)).toEqual({ kind: "unusable", reason: "other_purpose" });
  expect(await readSnapshot(join(folder, "nowhere"), purpose)).toEqual({ kind: "none" });
});

test("whatever bit is changed, and wherever it ends, damage is noticed", async () => {
  const { path } = await keep(50);
  const whole = await readFile(path);
  const problems = new Set<string>();
  for (let at = 0; at < whole.length; at += 7) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] as number) ^ 4;
    await writeFile(path, damaged);
    const { kind } = await readSnapshot(folder, purpose);
    if (kind !== "unusable") problems.add(`byte ${at}: ${kind}`);
  }
  await writeFile(path, whole);
  for (const length of [whole.length - 1, 100, 10, 0]) {
    await truncate(path, length);
    const { kind } = await readSnapshot(folder, purpose);
    if (kind !== "unusable") problems.add(`length ${length}: ${kind}`);
  }
  expect([...problems]).toEqual([]);
});
