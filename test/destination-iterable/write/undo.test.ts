import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type IterableOptions, type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write, writeLines } from "../sitting.js";

let iterable: IterableSimulator;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "previous-"));
});
afterEach(async () => {
  await iterable.close();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: IterableOptions = {}): Promise<void> {
  iterable = await startIterable({
    limits: { "/api/users/bulkUpdate": 1000, "/api/users/getByEmail": 1000 },
    fields: {
      city: "string",
      score: "long",
      born: "date",
      tags: "string",
      address: "object",
      "address.zip": "string",
      "address.street": "string",
    },
    ...options,
  });
}

const field_mapping = ["city", "score", "born", "tags", "zip"].map((source) => ({
  source,
  target: source === "zip" ? "address.zip" : source,
}));
/** Settings whose previous values go to a folder of their own. */
const keeping = (name: string, more: Record<string, unknown> = {}) => ({
  field_mapping,
  previous_values: { storage: "file", path: join(folder, name) },
  ...more,
});
async function linesOf(name: string): Promise<string[]> {
  const files = await readdir(join(folder, name));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, name, file), "utf8")));
  return texts.flatMap((text) => text.split("\n").filter((line) => line !== ""));
}
/** The same lines as if the run were over for a minute. */
const later = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/"at":"[^"]+"/, '"at":"2026-01-01T00:00:00.000Z"'));
const dataOf = (name: string) => iterable.users.get(`${name}@example.com`)?.dataFields;
const contents = () => structuredClone(Object.fromEntries(iterable.users));

const before = {
  ann: { city: "Berlin", score: 7, born: "1990-05-17 00:00:00 +00:00", address: { zip: "1", street: "s" } },
  bob: { city: "Paris", tags: ["a", "b"] },
  cat: {},
  dan: { city: "Rome", score: 3 },
};
const wrong = { city: "WRONG", score: 99, born: "1991-01-02 00:00:00 +00:00", tags: ["z"], zip: "9" };

async function wrongRun(more: Record<string, unknown> = {}) {
  for (const [name, dataFields] of Object.entries(before))
    iterable.put({ email: `${name}@example.com`, dataFields });
  const people = [...Object.keys(before), "new"];
  const ended = await write(
    iterable.url,
    people.map((name) => ({ email: `${name}@example.com`, ...wrong })),
    keeping("run", more),
  );
  expect(ended.failure).toBeUndefined();
  expect(dataOf("ann")).toMatchObject({ city: "WRONG", score: 99, address: { zip: "9", street: "s" } });
}

test("what a run has overwritten is put back, field by field; what somebody has changed since stays", async () => {
  await start();
  await wrongRun();
  const [file = ""] = await readdir(join(folder, "run"));
  expect((await stat(join(folder, "run", file))).mode & 0o777).toBe(0o600);
  iterable.put({ email: "bob@example.com", dataFields: { city: "Lyon" } });
  iterable.put({
    email: "dan@example.com",
    dataFields: { city: "x", score: 1, born: "2000-01-01", tags: ["q"] },
  });
  iterable.put({ email: "dan@example.com", dataFields: { address: { zip: "0" } } });
  const dan = structuredClone(dataOf("dan"));

  const { failure, summary } = await writeLines(iterable.url, later(await linesOf("run")), keeping("undo"));
  expect(failure).toBeUndefined();
  expect(dataOf("ann")).toEqual(before.ann);
  expect(dataOf("bob")).toEqual({ ...before.bob, city: "Lyon" });
  expect(dataOf("cat")).toEqual({});
  expect(dataOf("dan")).toEqual(dan);
  expect(dataOf("new")).toMatchObject({ city: "WRONG" });
  expect(summary).toContain("5 read = 3 delivered + 2 kept + 0 rejected + 0 unsettled");
  for (const reason of ["kept: created 1", "kept: changed_since 1", "city changed_since 2"])
    expect(summary).toContain(reason);
});

test("a line that is no previous value costs nobody else anything", async () => {
  await start();
  await wrongRun();
  const lines = later(await linesOf("run"));
  const odd = (undo: unknown) => JSON.stringify({ ...JSON.parse(lines[0] as string), undo });
  const { failure, summary } = await writeLines(
    iterable.url,
    [odd("text"), odd({}), odd({ identifier: "a@@b", fields: {} }), ...lines],
    keeping("undo"),
  );
  expect(failure).toBeUndefined();
  expect(summary).toContain("not_an_undo 3");
  expect(dataOf("ann")).toEqual(before.ann);
});

test("an undo can be undone, and one that is done again changes nothing", async () => {
  await start();
  await wrongRun();
  const after = contents();
  const lines = later(await linesOf("run"));
  await writeLines(iterable.url, lines, keeping("undo"));
  const undone = contents();
  const again = await writeLines(iterable.url, lines, keeping("again"));
  expect(again.summary).toContain("0 delivered + 5 kept");
  expect(again.summary).toContain("unchanged 4");
  expect(contents()).toEqual(undone);
  await writeLines(iterable.url, later(await linesOf("undo")), keeping("redo"));
  expect(contents()).toEqual(after);
});

test("a rehearsal says what would be put back, and writes nothing: neither to Iterable nor to the disk", async () => {
  await start();
  await wrongRun();
  const after = contents();
  const { summary } = await writeLines(
    iterable.url,
    later(await linesOf("run")),
    keeping("rehearsal"),
    {},
    {},
    true,
  );
  expect(summary).toContain("kept: dry_run 4");
  expect(contents()).toEqual(after);
  expect(await readdir(folder)).toEqual(["run"]);
});

test("an undo waits until what the run has written can be read", async () => {
  await start();
  await wrongRun();
  iterable.switches.visibilityMs = 3_000;
  await write(iterable.url, [{ email: "cat@example.com", city: "LATER" }], keeping("late"));
  const { summary } = await writeLines(iterable.url, await linesOf("late"), keeping("undo"));
  expect(summary).toContain("1 delivered");
  expect(dataOf("cat")).toMatchObject({ city: "WRONG" });
}, 30_000);

test("a value that was changed on its way is undone as it was written; the list is left alone", async () => {
  await start({ lists: [42] });
  iterable.put({ email: "ann@example.com", dataFields: { city: "Berlin", score: 1 } });
  const fields = await write(iterable.url, [{ email: "ann@example.com", score: "12.0", city: 5 }], {
    ...keeping("run"),
    list_id: 42,
  });
  expect(fields.failure).toBeUndefined();
  const subscriptions = iterable.journal.entries.filter(({ path }) => path.endsWith("subscribe")).length;
  await writeLines(iterable.url, later(await linesOf("run")), { ...keeping("undo"), list_id: 42 });
  expect(dataOf("ann")).toEqual({ city: "Berlin", score: 1 });
  expect(iterable.journal.entries.filter(({ path }) => path.endsWith("subscribe"))).toHaveLength(
    subscriptions,
  );
});

test.each(["keep_existing", "fill_missing"])(
  "in the mode %s only what is written is kept",
  async (overwrite_mode) => {
    await start();
    await wrongRun({ overwrite_mode: "overwrite" });
    iterable.put({ email: "eve@example.com", dataFields: { city: "Oslo" } });
    const people = ["eve", "fay"].map((name) => ({ email: `${name}@example.com`, ...wrong }));
    await write(iterable.url, people, keeping("run2", { overwrite_mode }));
    const kept = (await linesOf("run2")).map((line) => JSON.parse(line).undo);
    const created = { identifier: "fay@example.com", at: expect.any(String), created: true };
    if (overwrite_mode === "keep_existing") return expect(kept).toEqual([created]);
    expect(kept).toHaveLength(2);
    expect(kept.find(({ identifier }) => identifier === "eve@example.com")).toMatchObject({
      before: {},
      wrote: { score: 99, tags: ["z"], "address.zip": "9" },
    });
  },
);

test("a line that is no change is rejected, and costs the others nothing", async () => {
  await start();
  await wrongRun();
  const broken = [
    '{"identifier":"ann@example.com"}',
    '"x"',
    '{"identifier":"","at":"2026-01-01T00:00:00Z"}',
  ].map((undo) => `{"type":"RECORD","record":{"stream":"contacts","data":{}},"undo":${undo}}`);
  const { summary } = await writeLines(
    iterable.url,
    [...broken, ...later(await linesOf("run"))],
    keeping("undo"),
  );
  expect(summary).toContain("8 read = 4 delivered + 1 kept + 3 rejected");
});
