import { describe, expect, test } from "vitest";
import { readTracked as read } from "../../../destination-iterable/iterable/event-answers.js";
import type { Answer } from "../../../destination-iterable/iterable/verdict.js";

const readTracked = (given: Answer, keys: readonly string[]) =>
  read(given, { keys, otherKey: () => undefined });

const answer = (body: unknown, status = 200) =>
  ({ kind: "status", status, body: JSON.stringify(body), retryAfterMs: undefined }) as const;
const counts = (successCount: number, failCount: number, more = {}) =>
  answer({ successCount, failCount, ...more });
const KEYS = ["a@example.com", "b@example.com", "a@example.com"];

describe("an answer to events/trackBulk", () => {
  test.each([
    ["all tracked", counts(3, 0), []],
    [
      "a failure holds for all events of the user",
      counts(1, 2, { failedUpdates: { forgottenEmails: ["A@example.com"] } }),
      [
        [0, "forgotten"],
        [2, "forgotten"],
      ],
    ],
    [
      "a reason of its own counts before the deprecated lists",
      counts(2, 1, {
        invalidEmails: ["b@example.com"],
        failedUpdates: { notFoundEmails: ["b@example.com"] },
      }),
      [[1, "not_found"]],
    ],
    [
      "who is listed alone above is malformed",
      counts(2, 1, { invalidEmails: ["b@example.com"] }),
      [[1, "invalid_email"]],
    ],
  ])("%s", (_what, given, refused) => {
    expect(readTracked(given, KEYS)).toMatchObject({ kind: "settled", refused: new Map(refused as []) });
  });

  test.each([
    ["failures that name nobody", counts(2, 1), KEYS, { kind: "unattributed" }],
    [
      "a failure of the only one",
      counts(0, 1),
      ["a@example.com"],
      { kind: "settled", refused: new Map([[0, "refused"]]) },
    ],
    [
      "a name that is not allowed",
      counts(0, 3, { disallowedEventNames: ["e"] }),
      KEYS,
      { kind: "stop", message: expect.stringContaining('"e"') },
    ],
    ["no counts", answer({}), KEYS, { kind: "unavailable" }],
    ["another status", answer({ code: "RateLimitExceeded" }, 429), KEYS, { kind: "throttled" }],
  ])("%s", (_what, given, keys, verdict) => {
    expect(readTracked(given, keys)).toMatchObject(verdict);
  });
});
