import { describe, expect, test } from "vitest";
import { TransientError } from "../../../connector/errors.js";
import { createProfileReads, type Get } from "../../../destination-iterable/iterable/profile-reads.js";
import { NoSuchUser, UnreadableProfile } from "../../../destination-iterable/iterable/read-errors.js";
import type { RateLimiter } from "../../../http/rate-limit.js";

/** Reads go straight to `get` here: nobody waits. */
const LIMITER = {} as RateLimiter;

type Answer = "5xx" | "cut" | "nobody" | { user: { dataFields: Record<string, string> } };
const FOUND: Answer = { user: { dataFields: { firstName: "Ada" } } };

/** Answers `poor@example.org` with these, one after the other, and everybody else as `others` says. */
function reads(poor: readonly Answer[], others: Answer) {
  const left = [...poor];
  const get: Get = async (path, { on5xx } = {}) => {
    const answer = path.includes("poor") ? (left.shift() ?? "5xx") : others;
    if (answer === "5xx") on5xx?.();
    if (answer === "nobody") throw new NoSuchUser();
    if (answer === "5xx" || answer === "cut") throw new TransientError(answer);
    return answer;
  };
  return () => createProfileReads("email", get)("poor@example.org", LIMITER);
}

describe("a profile that Iterable fails on is told from Iterable being away", () => {
  test.each<[what: string, poor: readonly Answer[], others: Answer, ends: unknown]>([
    ["it fails twice, others are answered", ["5xx", "5xx"], FOUND, UnreadableProfile],
    ["it fails twice, others are nobody", ["5xx", "5xx"], "nobody", UnreadableProfile],
    ["it fails, others fail too", ["5xx", "5xx"], "5xx", TransientError],
    ["it fails, others are cut off", ["5xx", "5xx"], "cut", TransientError],
    ["it fails, and the connection is cut when it is asked for again", ["5xx", "cut"], FOUND, TransientError],
    ["the connection is cut", ["cut"], FOUND, TransientError],
  ])("%s", async (_, poor, others, ends) => {
    const error = await reads(poor, others)().catch((reason: unknown) => reason);
    expect((error as Error).constructor).toBe(ends);
  });

  test("one that is read when it is asked for again is there", async () => {
    expect(await reads(["5xx", FOUND], FOUND)()).toEqual({ firstName: "Ada" });
  });

  test("one that nobody has when it is asked for again is not there", async () => {
    expect(await reads(["5xx", "nobody"], FOUND)()).toBeUndefined();
  });
});
