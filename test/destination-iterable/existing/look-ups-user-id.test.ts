import { afterEach, expect, test } from "vitest";
import { type IterableSimulator, startIterable } from "../../../simulators/iterable.js";
import { write } from "../sitting.js";

let iterable: IterableSimulator;
afterEach(() => iterable.close());

const PATH = "/api/users/byUserId/someone";

test("a user id that Iterable does not know is no failure to be tried again: the contact is new at once", async () => {
  // Iterable answers 500 with a code that says so, where an unknown email is a 200 without a user.
  iterable = await startIterable({ identifier: "user_id" });
  const properties = { userId: { type: "string" } };
  const more = { identifier: "user_id", overwrite_mode: "keep_existing" };
  await write(iterable.url, [{ userId: "someone" }], more, {}, properties);
  expect(iterable.journal.count(PATH, 500)).toBe(1);
  expect(iterable.users.has("someone")).toBe(true);
});
