import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type IterableOptions, type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

let iterable: IterableSimulator;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "existing-"));
});
afterEach(async () => {
  await iterable.close();
  await rm(folder, { recursive: true, force: true });
});

const START = "/api/export/start";
const LOOKUP = "/api/users/getByEmail";
const FIELDS = { city: "string", "address.zip": "string", address: "object" } as const;

async function start(options: IterableOptions = {}): Promise<void> {
  iterable = await startIterable({
    limits: { "/api/users/bulkUpdate": 1000, [LOOKUP]: 1000 },
    fields: FIELDS,
    exportRowsPerFile: 7,
    ...options,
  });
  for (let index = 0; index < 40; index += 1) {
    const address = index % 3 === 0 ? { zip: "before" } : {};
    const city = index % 2 === 0 ? { city: "before" } : {};
    iterable.put({ email: `p${index}@example.com`, dataFields: { ...city, address } });
  }
}

const records = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    email: `P${index}@example.com`,
    city: "after",
    zip: "after",
  }));
const field_mapping = [
  { source: "city", target: "city" },
  { source: "zip", target: "address.zip" },
];
const exporting = (more: Record<string, unknown> = {}) => ({
  overwrite_mode: "keep_existing",
  field_mapping,
  existing_contacts: { method: "export" },
  ...more,
});
const dataOf = (index: number) =>
  iterable.users.get(`p${index}@example.com`)?.dataFields as Record<string, unknown>;
const lookUps = () => iterable.journal.entries.filter(({ path }) => path === LOOKUP).length;

test.each(["dotted", "nested"] as const)(
  "an export answers for everybody, in every mode: %s fields, without a look-up but the last",
  async (exportNesting) => {
    await start({ exportNesting, exportTimes: "odd" });
    const kept = await write(iterable.url, records(60), exporting());
    expect(kept.failure).toBeUndefined();
    expect(kept.summary).toContain("60 read = 20 delivered + 40 kept");
    expect(dataOf(0).city).toBe("before");
    expect(dataOf(50)).toMatchObject({ city: "after", address: { zip: "after" } });
    // The last contact that was written is waited for until it can be read.
    expect(lookUps()).toBe(1);
    expect(iterable.files.keysSent).toEqual([]);

    const filled = await write(iterable.url, records(40), exporting({ overwrite_mode: "fill_missing" }));
    expect(filled.failure).toBeUndefined();
    for (let index = 0; index < 40; index += 1) {
      const city = index % 2 === 0 ? "before" : "after";
      const zip = index % 3 === 0 ? "before" : "after";
      expect(dataOf(index)).toMatchObject({ city, address: { zip } });
    }
  },
  30_000,
);

test("an export that is refused is said once, and contacts are looked up", async () => {
  await start({ exportsRefused: 403 });
  const { failure, logged, summary } = await write(iterable.url, records(60), exporting());
  expect(failure).toBeUndefined();
  expect(summary).toContain("20 delivered + 40 kept");
  const said = logged.filter((line) => /export/.test(line));
  expect(said).toEqual([expect.stringContaining("Iterable does not let this key export profiles")]);
});

test("jobs that fail, are cancelled, cut short or queued again are asked for again", async () => {
  await start({ exportOutcomes: ["failed", "truncated", "requeued"], exportProfilesPerSecond: 100 });
  const { failure, summary, logged } = await write(iterable.url, records(60), exporting());
  expect(failure).toBeUndefined();
  expect(summary).toContain("20 delivered + 40 kept");
  expect(logged.filter((line) => line.includes("came to nothing"))).toHaveLength(2);
  expect(iterable.journal.entries.filter(({ path }) => path === START)).toHaveLength(4);
}, 60_000);

test("what an export has shown is kept for the next run, which asks for changes alone; nothing in it is personal", async () => {
  await start();
  const existing_contacts = { method: "export", path: folder };
  await write(iterable.url, records(50), exporting({ existing_contacts }));
  const [name = ""] = await readdir(folder);
  const file = join(folder, name);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const bytes = await readFile(file);
  for (const text of ["example.com", "before", "after", "p1"]) expect(bytes.includes(text)).toBe(false);

  iterable.journal.clear?.();
  const again = await write(iterable.url, records(60), exporting({ existing_contacts }));
  expect(again.summary).toContain("10 delivered + 50 kept");
  expect(again.logged.join("\n")).toContain("The snapshot of an earlier run has 40 profiles");

  bytes[bytes.length - 40]! ^= 1;
  await writeFile(file, bytes);
  const damaged = await write(iterable.url, records(60), exporting({ existing_contacts }));
  expect(damaged.logged.join("\n")).toContain("is damaged: all profiles are exported again");
  expect(damaged.summary).toContain("0 delivered + 60 kept");

  const overwrite_mode = "fill_missing";
  const other = await write(iterable.url, records(60), exporting({ existing_contacts, overwrite_mode }));
  expect(other.logged.join("\n")).toContain("was made for another project, key or mapping");
}, 60_000);
