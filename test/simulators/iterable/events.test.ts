import { afterEach, describe, expect, test } from "vitest";
import type { IterableOptions } from "../../../simulators/iterable.js";
import { type Asked, startAsking } from "./asking.js";

let asked: Asked;
afterEach(() => asked.iterable.close());
const start = async (options: IterableOptions = {}) => {
  asked = await startAsking({ addsUnknownFields: true, ...options });
  asked.iterable.put({ email: "a@example.com" });
};
const event = (more: Record<string, unknown> = {}) => ({
  eventName: "converted",
  email: "A@example.com",
  id: "one",
  createdAt: 1_700_000_000,
  ...more,
});

describe("events/trackBulk", () => {
  test("replaces an event that comes again with its id", async () => {
    await start();
    await asked.track(event({ dataFields: { size: "M" } }));
    await asked.track(event({ dataFields: { size: "L" } }), event({ id: "two" }));
    const kept = [...asked.iterable.events.values()];
    expect(kept.map(({ id, key, times, dataFields }) => [id, key, times, dataFields?.size])).toEqual([
      ["one", "a@example.com", 2, "L"],
      ["two", "a@example.com", 1, undefined],
    ]);
  });

  test("names who failed and why, while the others arrive", async () => {
    await start({ forgotten: ["gone@example.com"] });
    const { body } = await asked.track(
      event(),
      event({ id: "2", email: "none" }),
      event({ id: "3", email: "nobody@example.com" }),
      event({ id: "4", email: "gone@example.com" }),
    );
    expect(body).toMatchObject({
      successCount: 1,
      failCount: 3,
      failedUpdates: {
        invalidEmails: ["none"],
        notFoundEmails: ["nobody@example.com"],
        forgottenEmails: ["gone@example.com"],
      },
    });
  });

  test.each([
    ["failed", 1, 1],
    ["succeeded", 2, 0],
  ] as const)(
    "names events that are not allowed, which count as %s",
    async (disallowedCount, successCount, failCount) => {
      await start({ disallowedEventNames: ["secret"], disallowedCount });
      const { body } = await asked.track(event(), event({ id: "2", eventName: "secret" }));
      expect(body).toMatchObject({ successCount, failCount, disallowedEventNames: ["secret"] });
      expect(asked.iterable.events.size).toBe(1);
    },
  );

  test("freezes types by the first value, for each name of an event", async () => {
    await start();
    await asked.track(event({ dataFields: { size: 1 } }));
    const { body } = await asked.track(event({ id: "2", dataFields: { size: "M" } }));
    expect(body).toMatchObject({
      code: "RequestFieldsTypesMismatched",
      params: { validationErrors: { size: { expectedType: "long", category: "event" } } },
    });
    expect(
      (await asked.track(event({ id: "3", eventName: "other", dataFields: { size: "M" } }))).status,
    ).toBe(200);
  });

  test("keeps to its limit of fields, and drops unknown ones where none may be created", async () => {
    await start({ eventFieldLimit: 1 });
    expect((await asked.track(event({ dataFields: { a: 1, b: 2 } }))).body.code).toBe(
      "UniqueFieldsLimitExceeded",
    );
    const { body } = await asked.track(event({ dataFields: { a: 1 }, createNewFields: false }));
    expect(body).toMatchObject({ successCount: 1, filteredOutFields: ["a"], createdFields: [] });
  });

  test.each([
    ["ms instead of seconds", { createdAt: 1_700_000_000_000 }],
    ["an id of more than 512 bytes", { id: "ä".repeat(257) }],
    ["no name", { eventName: "" }],
  ])("refuses %s", async (_what, more) => {
    await start();
    expect(await asked.track(event(more))).toMatchObject({ status: 400, body: { code: "BadParams" } });
  });

  test("finds a new profile only when it can be read, where that is switched on", async () => {
    let now = 1_000_000;
    await start({ now: () => now, visibilityMs: 5000, dependentsSee: "visible" });
    const found = async () => (await asked.track(event())).body.successCount;
    expect(await found()).toBe(0);
    now += 5000;
    expect(await found()).toBe(1);
  });

  test("fails as a whole for one user's event", async () => {
    await start({ poisonedEvents: ["a@example.com"] });
    expect((await asked.track(event())).status).toBe(500);
  });
});

describe("lists", () => {
  const subscribe = (listId: number, ...emails: string[]) =>
    asked.post("/api/lists/subscribe", { listId, subscribers: emails.map((email) => ({ email })) });

  test("are several, and new ones can be made", async () => {
    await start({ lists: [7, 8] });
    const { listId } = (await asked.post("/api/lists", { name: "New" })).body;
    for (const id of [7, 8, listId]) await subscribe(id, "a@example.com");
    expect([...asked.iterable.lists.values()].map(({ size }) => size)).toEqual([1, 1, 1]);
  });

  test("create nobodies, or name them", async () => {
    await start({ lists: [7] });
    expect((await subscribe(7, "new@example.com")).body.successCount).toBe(1);
    expect(asked.iterable.users.has("new@example.com")).toBe(true);
    asked.iterable.switches.unknownSubscribers = "not_found";
    expect((await subscribe(7, "newer@example.com")).body.failedUpdates.notFoundEmails).toEqual([
      "newer@example.com",
    ]);
  });

  test("notice who is subscribed before the profile can be found", async () => {
    let now = 1_000_000;
    await start({ lists: [7], now: () => now, visibilityMs: 5000, dependentsSee: "visible" });
    await subscribe(7, "a@example.com");
    expect(asked.iterable.tooEarly).toEqual(["a@example.com"]);
    now += 5000;
    await subscribe(7, "a@example.com");
    expect(asked.iterable.tooEarly).toHaveLength(1);
  });
});
