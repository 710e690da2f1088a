import { afterEach, expect, test } from "vitest";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());

const PATH = "/api/users/byUserId";

test("a user id that Iterable does not know is no failure to be tried again: the contact is new at once", async () => {
  // Iterable answers 500 with a code that says so, where an unknown email is a 200 without a user.
  iterable = await startIterable({ identifier: "user_id" });
  const properties = { userId: { type: "string" } };
  const more = { identifier: "user_id", overwrite_mode: "keep_existing" };
  await write(iterable.url, [{ userId: "someone" }], more, {}, properties);
  expect(iterable.journal.count(PATH, 500)).toBe(1);
  expect(iterable.users.has("someone")).toBe(true);
});

test("one profile that Iterable cannot read costs that contact, first as it stands, and the others go on", async () => {
  iterable = await startIterable({ identifier: "user_id" });
  const properties = { userId: { type: "string" } };
  const people = Array.from({ length: 20 }, (_, number) => ({ userId: `p${number}` }));
  await write(iterable.url, people, { identifier: "user_id" }, {}, properties);
  const unreadable = JSON.stringify({ unreadable: ["p0"] });
  await fetch(`${iterable.url}/__sim/switches`, { method: "POST", body: unreadable });
  const more = { identifier: "user_id", overwrite_mode: "keep_existing", advanced: { max_attempts: 3 } };
  const { failure, summary } = await write(iterable.url, people, more, {}, properties);
  expect(failure).toBeUndefined();
  expect(summary).toMatch(/20 read = 0 delivered \+ 19 kept \+ 1 rejected .*unreadable 1/);
});
