import { expect, test } from "vitest";
import { unreachable } from "../../../sync/runs/unreachable.js";

const startedAt = Date.UTC(2026, 0, 1);
const wait = (reason: string, afterMs: number, answered = false) => ({
  for: "Iterable",
  reason,
  answered,
  since: new Date(startedAt + afterMs).toISOString(),
  attempt: 3,
});

test.each([
  [
    "a vendor that no connection has reached since the beginning",
    wait("network_ECONNREFUSED", 800),
    11_000,
    true,
  ],
  ["one that has only just been tried", wait("network_ECONNREFUSED", 800), 9_000, false],
  ["one that has answered before", wait("network_ECONNRESET", 800, true), 90_000, false],
  ["one that is asked for the first time only now", wait("network_ECONNREFUSED", 60_000), 65_000, false],
  ["and then is not there either", wait("network_ECONNREFUSED", 60_000), 71_000, true],
  ["one that takes connections and says nothing", wait("no_answer", 800), 11_000, true],
  ["the same, attempt by attempt", wait("no_answer", 9_000), 11_000, true],
  ["one that may only be slow", wait("no_answer", 800), 10_500, false],
  ["one that has answered, and is slow now", wait("no_answer", 800, true), 60_000, false],
  ["one that asks for patience", wait("rate_limited", 800, true), 11_000, false],
  ["nobody", undefined, 11_000, false],
])("%s: given up after %o ms?", (_who, given, afterMs, isGivenUp) => {
  const found = unreachable(given, { startedAt, now: startedAt + (afterMs as number) });
  expect(found !== undefined).toBe(isGivenUp);
  if (found)
    expect(found.message).toMatch(
      /^Iterable (cannot be reached \(ECONNREFUSED\)|takes connections and does not answer)\. /,
    );
});
