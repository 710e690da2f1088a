import { expect, test } from "vitest";
import { tellWaiting } from "../../../connector/reporting/waiting.js";
import type { JsonObject } from "../../../protocol/message.js";

const SINCE = "2026-01-01T00:00:00.000Z";

test("a wait is told as data whenever it changes, and logged once a minute", () => {
  let now = 0;
  const lines: string[] = [];
  const data: [string, JsonObject][] = [];
  const add = (line: string) => void lines.push(line);
  const tell = tellWaiting({
    log: { info: add, warn: add, error: add },
    analytics: (type, value) => void data.push([type, value]),
    now: () => now,
  });
  const waiting = {
    for: "Iterable",
    reason: "rate_limited",
    since: SINCE,
    attempt: 2,
    answered: true,
    next_at: SINCE,
  };
  tell(waiting);
  now = 30_000;
  tell({ ...waiting, reason: "no_answer", next_at: null });
  now = 61_000;
  tell({ ...waiting, reason: "status_503", attempt: 3, answered: true });
  tell({ for: "Iterable", over: true });
  tell({ for: "Iterable", over: true });
  expect(lines).toEqual([
    `waiting for Iterable since ${SINCE}: it asks for a pause (429); attempt 2 follows by ${SINCE}`,
    `waiting for Iterable since ${SINCE}: status 503; attempt 3 follows by ${SINCE}`,
    "Iterable answers again",
  ]);
  expect(data.map(([type]) => type)).toEqual(Array(5).fill("waiting"));
  expect(data[0]?.[1]).toEqual(waiting);
});
