import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write, writeLines } from "../sitting.js";

let iterable: IterableSimulator;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "unreadable-"));
});
afterEach(async () => {
  await iterable.close();
  await rm(folder, { recursive: true, force: true });
});

type Identifier = "email" | "user_id";
const IDENTIFIERS = ["email", "user_id"] as const;
const advanced = { lookup_requests_per_second: 1000, max_attempts: 2 };
const keyOf = (identifier: Identifier, id: string) =>
  identifier === "email" ? { email: id } : { userId: id };
const nameOf = (identifier: Identifier, id: string) => (identifier === "email" ? `${id}@example.com` : id);
const contact = (identifier: Identifier, id: string) => ({
  ...keyOf(identifier, id),
  city: "Bonn",
  tags: ["x"],
});
const PROPERTIES = Object.fromEntries(["email", "userId", "city", "tags"].map((name) => [name, {}]));

/** Everything that reads profiles before, or after, it writes. */
const READERS: readonly (readonly [name: string, settings: object, stream: Record<string, unknown>])[] = [
  ["keep_existing", { overwrite_mode: "keep_existing" }, {}],
  ["fill_missing", { overwrite_mode: "fill_missing" }, {}],
  ["update", {}, { destination_sync_mode: "update" }],
  [
    "merge",
    {
      field_mapping: [
        { source: "tags", target: "tags", merge: "append" },
        { source: "city", target: "city" },
      ],
    },
    {},
  ],
  ["previous values", { previous_values: { storage: "file" } }, {}],
];

async function start(identifier: Identifier) {
  iterable = await startIterable({ identifier, fields: { city: "string", tags: "string" } });
  iterable.switches.limitsHeld = false;
}
const settingsOf = (identifier: Identifier, settings: object) => ({
  identifier,
  advanced,
  ...settings,
  ...("previous_values" in settings && { previous_values: { storage: "file", path: folder } }),
});

describe.each(IDENTIFIERS)("by %s", (identifier) => {
  const good = Array.from({ length: 60 }, (_, number) => nameOf(identifier, `p${number}`));
  const run = (ids: readonly string[], [, settings, stream]: (typeof READERS)[number]) =>
    write(
      iterable.url,
      ids.map((id) => contact(identifier, id)),
      settingsOf(identifier, settings),
      stream,
      PROPERTIES,
    );

  test.each(READERS)(
    "%s: a profile that Iterable cannot read costs that contact, first among others, last, and in every run",
    async (...reader) => {
      await start(identifier);
      for (const id of ["first", ...good, "last"])
        iterable.put({
          ...keyOf(identifier, good.includes(id) ? id : nameOf(identifier, id)),
          dataFields: {},
        });
      const bad = ["first", "last"].map((id) => nameOf(identifier, id));
      iterable.switches.unreadable = bad;
      for (let turn = 0; turn < 2; turn += 1) {
        const { failure, summary } = await run([bad[0] as string, ...good, bad[1] as string], reader);
        expect(failure).toBeUndefined();
        expect(summary).toMatch(/^INFO contacts: 62 read = .*2 rejected .*unreadable 2/);
      }
    },
  );

  test.each(READERS)("%s: so it does where it is alone, and nobody else is asked for", async (...reader) => {
    await start(identifier);
    const [alone] = good as [string];
    iterable.put({ ...keyOf(identifier, alone), dataFields: {} });
    iterable.switches.unreadable = [alone];
    const { failure, summary } = await run([alone], reader);
    expect(failure).toBeUndefined();
    expect(summary).toMatch(/1 rejected .*unreadable 1/);
  });

  test.each(READERS)(
    "%s: where nobody can be read, the run fails as one to be tried again",
    async (...reader) => {
      await start(identifier);
      const path = identifier === "email" ? "/api/users/getByEmail" : "/api/users/byUserId";
      // The first of them is the check of the key.
      iterable.faults.script({
        path,
        from: 2,
        times: 10_000,
        action: { kind: "status", status: 500, body: {} },
      });
      const { failure, summary } = await run(good, reader);
      expect(failure).toMatchObject({ name: "TransientError" });
      expect(summary).toContain("0 rejected");
    },
  );

  test.each(READERS)(
    "%s: identifiers that are odd in an address of the web cost nobody else",
    async (...reader) => {
      await start(identifier);
      const odd =
        identifier === "email"
          ? ["a/./b@example.com", "a%2f&email=b@example.com", "a?b#c@example.com", "+@example.com"]
          : [".", "..", "a/../b", "%2e", "?userId=p1", "#", "&", "+", "a b"];
      const broken = identifier === "email" ? ["\ud83d@example.com"] : ["\ud83d", "x".repeat(53)];
      for (const id of odd) iterable.put({ ...keyOf(identifier, id), dataFields: {} });
      const { failure, summary } = await run([...odd, ...broken, ...good], reader);
      expect(failure).toBeUndefined();
      expect(summary).toContain(` ${broken.length} rejected`);
      expect(summary).toContain(`${odd.length + broken.length + good.length} read`);
      if (reader[0] === "keep_existing") expect(summary).toContain(`exists ${odd.length}`);
      if (reader[0] === "update") expect(summary).toContain(`${odd.length} delivered`);
    },
  );

  test("what a run has changed is put back for everybody else", async () => {
    await start(identifier);
    const people = good.slice(0, 10);
    for (const id of people) iterable.put({ ...keyOf(identifier, id), dataFields: { city: "Rome" } });
    await run(people, READERS[4] as (typeof READERS)[number]);
    const [file = ""] = await readdir(folder);
    const lines = (await readFile(join(folder, file), "utf8")).split("\n").filter((line) => line !== "");
    const later = lines.map((line) => line.replace(/"at":"[^"]+"/, '"at":"2026-01-01T00:00:00.000Z"'));
    iterable.switches.unreadable = people.slice(0, 1);
    const settings = settingsOf(identifier, {});
    const { failure, summary } = await writeLines(iterable.url, later, settings, {}, PROPERTIES);
    expect(failure).toBeUndefined();
    expect(summary).toMatch(/10 read = 9 delivered .*1 rejected .*unreadable 1/);
  });
});
