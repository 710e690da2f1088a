import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Busy } from "../../../sync/errors.js";
import { type Folder, folderAt } from "../../../sync/project/folder.js";
import { claimRun } from "../../../sync/runs/claim.js";
import { type Holder, holderOf } from "../../../sync/runs/holder.js";

const ELSEWHERE: Holder = { host: "web-1 another start", pid: 1, birth: "1" };
const HOUR_MS = 3_600_000;
let folder: Folder;
beforeEach(async () => {
  folder = folderAt(await mkdtemp(join(tmpdir(), "claim-")));
  await mkdir(folder.runs);
});
afterEach(() => rm(folder.path, { recursive: true, force: true }));

const first = async (holder?: Holder) => ({
  at: new Date().toISOString(),
  trigger: "by hand" as const,
  version: "1.0.0",
  holder: holder ?? (await holderOf()),
});
/** The log of a run that has not ended, with its last sign of life so long ago. */
async function begun(run: number, holder: Holder, agoMs = 0): Promise<void> {
  const line = JSON.stringify({ event: "started", run, ...(await first(holder)) });
  await writeFile(folder.log(run), `${line}\n`);
  const touched = new Date(Date.now() - agoMs);
  await utimes(folder.log(run), touched, touched);
}
const claim = async (watch: Parameters<typeof claimRun>[2] = { sleep: async () => undefined }) =>
  claimRun(folder, await first(), watch);

test("fifty that begin in the same moment are one run", async () => {
  for (let round = 1; round <= 5; round += 1) {
    const all = await Promise.allSettled(Array.from({ length: 50 }, () => claim()));
    const won = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(all.filter((one) => one.status === "rejected" && !(one.reason instanceof Busy))).toEqual([]);
    expect(won.map(({ run }) => run)).toEqual([round]);
    await won[0]?.journal.add({
      event: "ended",
      at: "",
      outcome: "succeeded",
      read: 0,
      settled: 0,
      rejected: 0,
      streams: {},
      fields_created: [],
      fields_filtered: [],
      state: false,
    });
    await won[0]?.release();
    expect((await readdir(folder.runs)).sort()).toEqual(
      Array.from({ length: round }, (_, index) => `${index + 1}.jsonl`),
    );
  }
});

describe("a run whose process", () => {
  test("is gone is over", async () => {
    await begun(1, { ...(await holderOf()), pid: 4_194_305 });
    expect((await claim()).run).toBe(2);
  });

  test("has the number of another one by now is over", async () => {
    await begun(1, { ...(await holderOf()), birth: "1" });
    expect((await claim()).run).toBe(2);
  });

  test.each([
    ["bears the first process's number in another container", { ...ELSEWHERE, pid: process.pid }, 0],
    [
      "is on another machine of the same name",
      { ...ELSEWHERE, host: ELSEWHERE.host.replace("start", "boot") },
      0,
    ],
    ["was heard of long ago, by a clock that is behind", ELSEWHERE, HOUR_MS],
    ["was heard of in the future, by a clock that is ahead", ELSEWHERE, -HOUR_MS],
  ])("%s goes on where a heartbeat comes", async (_what, holder, agoMs) => {
    await begun(1, holder, agoMs);
    let looks = 0;
    const sleep = async () => {
      looks += 1;
      const beat = new Date(Date.now() - agoMs + 10_000);
      if (looks === 10) await utimes(folder.log(1), beat, beat);
    };
    await expect(claim({ sleep })).rejects.toThrow("run 1 of this project is under way");
    expect(looks).toBe(10);
  });

  test("cannot be seen is over when no heartbeat comes", async () => {
    await begun(1, ELSEWHERE);
    let waited = 0;
    let told = 0;
    const claimed = await claim({
      sleep: async (ms) => {
        waited += ms;
      },
      onWait: () => {
        told += 1;
      },
    });
    expect([claimed.run, waited, told]).toEqual([2, 45_000, 1]);
  });

  test("cannot be seen, but has ended while it was waited for, is over", async () => {
    await begun(1, ELSEWHERE, HOUR_MS);
    const sleep = async () => {
      const end = { event: "ended", at: "", outcome: "succeeded", read: 0, settled: 0, rejected: 0 };
      const more = { streams: {}, fields_created: [], fields_filtered: [], state: false };
      const text = await readFile(folder.log(1), "utf8");
      await writeFile(folder.log(1), `${text}${JSON.stringify({ ...end, ...more })}\n`);
    };
    expect((await claim({ sleep })).run).toBe(2);
  });
});

describe("among the runs", () => {
  const ALIEN: readonly (readonly [what: string, make: () => Promise<unknown>])[] = [
    ["a text", () => writeFile(folder.log(99), "not a run")],
    ["an empty file", () => writeFile(folder.log(99), "")],
    ["a folder", () => mkdir(folder.log(99))],
    ["a link that leads nowhere", () => symlink("nowhere", folder.log(99))],
    ["a number that no number can hold", () => writeFile(join(folder.runs, `${"9".repeat(40)}.jsonl`), "x")],
  ];

  test.each(ALIEN)("%s is passed over, and stays", async (_what, make) => {
    await begun(3, { ...(await holderOf()), pid: 4_194_305 });
    await make();
    const before = await readdir(folder.runs);
    const { run } = await claim();
    expect((await readdir(folder.runs)).sort()).toEqual([...before, `${run}.jsonl`].sort());
  });

  test.each(ALIEN)("%s does not hide the run that is under way", async (_what, make) => {
    await begun(3, await holderOf());
    await make();
    await expect(claim()).rejects.toThrow("run 3 of this project is under way");
  });

  test("drafts of runs that are gone are removed, and files of others are not", async () => {
    const gone = { ...(await holderOf()), pid: 4_194_305 };
    const [left, other] = [randomUUID(), randomUUID()];
    const line = JSON.stringify({ event: "started", run: 1, token: left, ...(await first(gone)) });
    await writeFile(join(folder.runs, `.${left}.draft`), `${line}\n`);
    await writeFile(join(folder.runs, `.${other}.draft`), `${line}\n`);
    await writeFile(join(folder.runs, ".mine.draft"), "mine");
    await claim();
    expect((await readdir(folder.runs)).sort()).toEqual([`.${other}.draft`, ".mine.draft", "1.jsonl"].sort());
  });
});

test("a number that a state or a folder of rejected contacts bears already is left to it", async () => {
  await mkdir(join(folder.rejects, "12"), { recursive: true });
  expect((await claim()).run).toBe(13);
});
