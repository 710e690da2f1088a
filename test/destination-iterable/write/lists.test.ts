import { afterEach, describe, expect, test } from "vitest";
import { type IterableOptions, type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());
const start = async (options: IterableOptions = {}) => {
  iterable = await startIterable({ limitsHeld: false, lists: [7, 8, 9], ...options });
};
const person = (name: string, more: Record<string, unknown> = {}) => ({
  email: `${name}@example.com`,
  ...more,
});
const members = (id: number) => [...(iterable.lists.get(id) ?? [])].sort();

describe("static lists", () => {
  test("take everybody, or those whose answers meet a condition; list_id is one more", async () => {
    await start();
    const lists = [
      { id: 8, when: { field: "flow", equals: "spring" } },
      { id: 9, when: { field: "flow", empty: true } },
    ];
    const records = [person("ann", { flow: "spring" }), person("bob", { flow: "autumn" }), person("cem")];
    const { failure, summary } = await write(iterable.url, records, { list_id: 7, lists });
    expect(failure).toBeUndefined();
    expect(summary).toContain("3 read = 3 delivered");
    expect(members(7)).toHaveLength(3);
    expect([members(8), members(9)]).toEqual([["ann@example.com"], ["cem@example.com"]]);
  });

  test("take a person whose older conversion meets the condition, whatever the newer one says", async () => {
    await start();
    const lists = [{ id: 8, when: { field: "flow", equals: "spring" } }];
    const records = [
      person("ann", { flow: "autumn", at: "2026-02-01T00:00:00Z" }),
      person("ann", { flow: "spring", at: "2026-01-01T00:00:00Z" }),
    ];
    const { summary } = await write(
      iterable.url,
      records,
      { lists, advanced: { batch_size: 1 } },
      { cursor_field: ["at"] },
    );
    expect(summary).toContain("2 read = 2 delivered");
    expect(members(8)).toEqual(["ann@example.com"]);
  });

  test("wait for a profile that cannot be found yet, and do its fields no harm", async () => {
    await start({
      visibilityMs: 1000,
      dependentsSee: "visible",
      unknownSubscribers: "not_found",
    });
    const records = [person("ann", { firstName: "Ann" })];
    const { summary } = await write(iterable.url, records, { list_id: 7 });
    expect(summary).toContain("1 delivered");
    expect(members(7)).toEqual(["ann@example.com"]);
    expect(iterable.users.get("ann@example.com")?.dataFields).toEqual({ firstName: "Ann" });
  });

  test("where subscribing makes a profile of who cannot be found yet, it is the same one with its fields", async () => {
    await start({ visibilityMs: 60_000, dependentsSee: "visible" });
    await write(iterable.url, [person("ann", { firstName: "Ann" })], { list_id: 7 });
    expect([...iterable.users.values()]).toMatchObject([{ dataFields: { firstName: "Ann" } }]);
    expect(members(7)).toEqual(["ann@example.com"]);
  });

  test("come before events, which are sent of those too whom a list does not take", async () => {
    await start({ poisoned: ["bob@example.com"] });
    const events = [{ name: "e" }];
    iterable.put({ email: "bob@example.com" });
    const { logged, summary } = await write(iterable.url, [person("ann"), person("bob")], {
      list_id: 7,
      events,
      overwrite_mode: "keep_existing",
      advanced: { max_attempts: 2, batch_size: 1 },
    });
    const paths = iterable.journal.entries.map(({ path }) => path);
    expect(paths.indexOf("/api/lists/subscribe")).toBeLessThan(paths.indexOf("/api/events/trackBulk"));
    expect(logged.join("\n")).toMatch(/line 2, .*stage list, field -, reason server_error/);
    expect(summary).toContain("2 read = 1 delivered + 0 kept + 1 rejected");
    expect([...iterable.events.values()].map(({ key }) => key).sort()).toEqual([
      "ann@example.com",
      "bob@example.com",
    ]);
  });

  test("stop the run where the project does not have one of them", async () => {
    await start({ lists: [7] });
    const { failure } = await write(iterable.url, [person("ann")], { lists: [{ id: 7 }, { id: 8 }] });
    expect(failure).toMatchObject({ name: "ConfigError" });
  });
});
