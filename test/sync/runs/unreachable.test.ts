import { expect, test } from "vitest";
import { unreachable } from "../../../sync/runs/unreachable.js";

const startedAt = Date.UTC(2026, 0, 1);
const wait = (reason: string, afterMs: number) => ({
  for: "Iterable",
  reason,
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
  ["one that has answered before", wait("network_ECONNRESET", 60_000), 90_000, false],
  ["one that lets somebody wait", wait("no_answer", 800), 11_000, false],
  ["one that asks for patience", wait("rate_limited", 800), 11_000, false],
  ["nobody", undefined, 11_000, false],
])("%s: given up after %o ms?", (_who, given, afterMs, isGivenUp) => {
  const found = unreachable(given, { startedAt, now: startedAt + (afterMs as number) });
  expect(found !== undefined).toBe(isGivenUp);
  if (found) expect(found.message).toMatch(/^Iterable cannot be reached \(ECONNREFUSED\)/);
});
