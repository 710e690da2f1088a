import { expect, test } from "vitest";
import { createProgress, waitingText } from "../../../sync/terminal/progress.js";
import type { Terminal } from "../../../sync/terminal/terminal.js";

const waiting = (reason: string) => ({ for: "Iterable", reason, since: 1_000, attempt: 3, nextAt: 14_000 });

test.each([
  ["network ECONNREFUSED", "waiting for Iterable: refuses connections, attempt 3, next in 4 s"],
  ["network ENOTFOUND", "waiting for Iterable: its name cannot be resolved, attempt 3, next in 4 s"],
  ["no answer", "waiting for Iterable: does not answer, attempt 3, next in 4 s"],
  ["rate limited", "waiting for Iterable: asks to slow down, attempt 3, next in 4 s"],
  ["status 503", "waiting for Iterable: answers with status 503, attempt 3, next in 4 s"],
  ["moon phase", "waiting for Iterable: moon phase, attempt 3, next in 4 s"],
])("%s is said as %s", (reason, text) => {
  expect(waitingText(waiting(reason), 10_000)).toBe(text);
});

test("a wait is said as soon as it is known, and then as seldom as everything else", () => {
  const said: string[] = [];
  let now = 0;
  const terminal = {
    isWatched: false,
    columns: 80,
    say: (text: string) => said.push(text),
  } as unknown as Terminal;
  const progress = createProgress(terminal, { json: false, now: () => now });
  const standing = { read: 10, settled: 0, rejected: 0, heldUntil: undefined };
  for (now = 250; now < 10_000; now += 250)
    progress.show({ ...standing, waiting: now < 3_000 ? undefined : waiting("no answer") });
  expect(said).toEqual([expect.stringContaining("waiting for Iterable: does not answer")]);
});
