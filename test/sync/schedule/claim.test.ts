import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Busy, Unusable } from "../../../sync/errors.js";
import { type Folder, folderAt } from "../../../sync/project/folder.js";
import { type Holder, holderOf } from "../../../sync/runs/holder.js";
import {
  claimScheduler,
  livingScheduler,
  readScheduler,
  type SchedulerClaim,
} from "../../../sync/schedule/claim.js";
import { outlookOf, outlookText } from "../../../sync/schedule/outlook.js";

const ELSEWHERE: Holder = { host: "web-1 another start", pid: 1, birth: "1" };
const SCHEDULE = { every: "30m" };
let folder: Folder;
let claims: SchedulerClaim[] = [];
beforeEach(async () => {
  folder = folderAt(await mkdtemp(join(tmpdir(), "scheduler-")));
});
afterEach(async () => {
  for (const claim of claims) await claim.release();
  claims = [];
  await rm(folder.path, { recursive: true, force: true });
});
const claim = async (sleep: () => Promise<void> = async () => undefined) => {
  const got = await claimScheduler(folder, { by: "sync", schedule: SCHEDULE }, Date.now, { sleep });
  claims.push(got);
  return got;
};
const left = async (holder: Holder, more: object = {}) =>
  writeFile(
    folder.scheduler,
    JSON.stringify({
      made_by: "flowcode-iterable",
      token: "old",
      by: "console",
      holder,
      since: "2026-01-01T00:00:00Z",
      schedule: SCHEDULE,
      next: "2026-01-01T00:30:00Z",
      ...more,
    }),
  );
const gone = async (): Promise<Holder> => ({ ...(await holderOf()), pid: 4_194_305 });
const text = async () => outlookText(await outlookOf(folder, SCHEDULE, Date.now()), Date.now(), String);

test("fifty that start in the same moment are one scheduler", async () => {
  for (const before of [async () => undefined, async () => left(await gone())]) {
    await before();
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => claim()));
    expect(all.filter(({ status }) => status === "fulfilled").length).toBe(1);
    expect(
      all.flatMap((one) => (one.status === "rejected" && !(one.reason instanceof Busy) ? [one] : [])),
    ).toEqual([]);
    await claims.pop()?.release();
    expect(await readdir(folder.path)).toEqual([]);
  }
});

describe("a scheduler", () => {
  test("says until when it waits, and takes its claim with it", async () => {
    const mine = await claim();
    await mine.update(SCHEDULE, Date.parse("2026-01-01T12:00:00Z"));
    expect((await livingScheduler(folder, Date.now()))?.next).toBe("2026-01-01T12:00:00.000Z");
    expect((await outlookOf(folder, { every: "6h" }, 0)).next).toBe(Date.parse("2026-01-01T12:00:00Z"));
    expect(await text()).toMatch(/kept by process \d+ \(sync\)/);
    await mine.release();
    expect(await readdir(folder.path)).toEqual([]);
    expect(await text()).toContain("Nothing syncs by itself");
    expect(await text()).toContain("flowcode-iterable service install");
  });

  test("that is gone counts for none, and gives way", async () => {
    await left(await gone());
    expect(await livingScheduler(folder, Date.now())).toBeUndefined();
    await claim();
    expect((await readScheduler(folder))?.token).not.toBe("old");
  });

  test("that cannot be seen gives way only where no heartbeat comes", async () => {
    await left(ELSEWHERE);
    let looks = 0;
    const beats = async () => {
      looks += 1;
      if (looks === 3) await utimes(folder.scheduler, new Date(), new Date(Date.now() + 5_000));
    };
    await expect(claim(beats)).rejects.toThrow(Busy);
    await claim();
  });

  test("that has lost its claim does not take away the new one", async () => {
    const mine = await claim();
    await left(await holderOf(), { token: "new" });
    await mine.update(SCHEDULE, null);
    expect(mine.lost.aborted).toBe(true);
    await mine.release();
    expect((await readScheduler(folder))?.token).toBe("new");
  });
});

test.each([
  ["a file", async () => writeFile(folder.scheduler, "mine")],
  [
    "a link",
    async () => {
      await writeFile(join(folder.path, "mine"), "mine");
      await symlink(join(folder.path, "mine"), folder.scheduler);
    },
  ],
])("%s of somebody's own in its place is left alone, and named", async (_what, make) => {
  await make();
  await expect(claim()).rejects.toThrow(Unusable);
  expect(await readFile(folder.scheduler, "utf8")).toBe("mine");
  expect(await livingScheduler(folder, Date.now())).toBeUndefined();
});
