import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderAt } from "../../../sync/project/folder.js";
import { clearProjectDrafts } from "../../../sync/runs/leftovers.js";

test("drafts of the project's own files that somebody was killed over go when they are old, and nothing else does", async () => {
  const path = await mkdtemp(join(tmpdir(), "leftovers-"));
  const now = Date.now();
  const old = new Date(now - 3_600_000);
  const put = async (name: string, time = old) => {
    await writeFile(join(path, name), '{"version":1,"source":{"cred');
    await utimes(join(path, name), time, time);
    return name;
  };
  await put(`.flowcode-iterable.json.${randomUUID()}.draft`);
  await put(`.fields.json.${randomUUID()}.draft`);
  const kept = await Promise.all([
    put(`.flowcode-iterable.json.${randomUUID()}.draft`, new Date(now)),
    put(".flowcode-iterable.json.mine.draft"),
    put(`.notes.json.${randomUUID()}.draft`),
    put(`.${randomUUID()}.draft`),
    put("flowcode-iterable.json.draft"),
  ]);
  const folder = `.scheduler.json.${randomUUID()}.draft`;
  await mkdir(join(path, folder));
  await clearProjectDrafts(folderAt(path), now);
  expect((await readdir(path)).sort()).toEqual([...kept, folder].sort());
  await rm(path, { recursive: true });
});
