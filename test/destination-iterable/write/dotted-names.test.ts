import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write, writeLines } from "../sitting.js";

let iterable: IterableSimulator;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dotted-"));
  iterable = await startIterable({
    limits: { "/api/users/bulkUpdate": 1000, "/api/users/getByEmail": 1000, "/api/export/start": 1000 },
    fields: { "Nr. of pets": "long", "Met at": "date", address: "object", "address.St. name": "string" },
  });
});
afterEach(async () => {
  await iterable.close();
  await rm(folder, { recursive: true, force: true });
});

const email = "ann@example.com";
/** A field with a dot in its name, and one inside an object with a dot in its own. */
const field_mapping = [
  { source: "pets", target: "Nr\\. of pets" },
  { source: "street", target: "address.St\\. name" },
];
const held = { "Nr. of pets": 1, address: { "St. name": "Old", zip: "1" } };
const answer = { email, pets: 2, street: "New" };
const dataOf = () => iterable.users.get(email)?.dataFields;

describe("a field with a dot in its name, which the profile has", () => {
  const filled = { "Nr. of pets": 2, address: { "St. name": "New", zip: "1" } };
  test.each([
    ["overwrite", {}, filled],
    ["keep_existing", {}, held],
    ["fill_missing", {}, held],
    ["fill_missing", { existing_contacts: { method: "export" } }, held],
    ["overwrite", { merge: "first" }, held],
  ])("%s %o", async (overwrite_mode, { merge, ...more }: Record<string, unknown>, expected) => {
    iterable.put({ email, dataFields: structuredClone(held) });
    const entries = field_mapping.map((entry) => (merge ? { ...entry, merge } : entry));
    const { failure } = await write(iterable.url, [answer], {
      overwrite_mode,
      field_mapping: entries,
      ...more,
    });
    expect(failure).toBeUndefined();
    expect(dataOf()).toEqual(expected);
  });

  test.each(["look_up", "export"])("is filled in where it is missing (%s)", async (method) => {
    iterable.put({ email, dataFields: { address: { zip: "1" } } });
    const more = { overwrite_mode: "fill_missing", field_mapping, existing_contacts: { method } };
    const { failure } = await write(iterable.url, [answer], more);
    expect(failure).toBeUndefined();
    expect(dataOf()).toEqual({ "Nr. of pets": 2, address: { "St. name": "New", zip: "1" } });
    // An export tells both fields by itself: the profile is read only once it has been written.
    const paths = iterable.journal.entries.map(({ path }) => path);
    const placeOf = (path: string) => paths.findIndex((one) => one.includes(path));
    const isReadBefore = placeOf("getByEmail") < placeOf("bulkUpdate");
    expect(isReadBefore).toBe(method === "look_up");
  });

  test.each([
    ["with values in both", held],
    ["with nothing", {}],
  ])("is put back by an undo, of a profile %s", async (_, dataFields) => {
    iterable.put({ email, dataFields: structuredClone(dataFields) });
    const keeping = { field_mapping, previous_values: { storage: "file", path: folder } };
    await write(iterable.url, [answer], keeping);
    expect(dataOf()).toMatchObject({ "Nr. of pets": 2, address: { "St. name": "New" } });
    const [file = ""] = await readdir(folder);
    const lines = (await readFile(join(folder, file), "utf8")).trim().split("\n");
    const past = lines.map((line) => line.replace(/"at":"[^"]+"/, '"at":"2026-01-01T00:00:00.000Z"'));
    const { failure, summary } = await writeLines(iterable.url, past, { field_mapping });
    expect(failure).toBeUndefined();
    expect(summary).toContain("1 delivered");
    expect(dataOf()).toEqual(dataFields);
  });

  test("is not written again where it holds the same", async () => {
    iterable.put({ email, dataFields: structuredClone(held) });
    const keeping = { field_mapping, previous_values: { storage: "file", path: folder } };
    await write(iterable.url, [{ email, pets: 1, street: "Old" }], keeping);
    expect(await readdir(folder)).toEqual([]);
  });
});
