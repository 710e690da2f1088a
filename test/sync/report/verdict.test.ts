import { expect, test } from "vitest";
import { hasMendedNothing, isWrong, verdictOn } from "../../../sync/report/verdict.js";
import { counts as kind } from "../../../sync/runs/events.js";
import type { Run } from "../../../sync/runs/run.js";
import { LONG } from "../../report/runs.js";

const counts = (more: object) =>
  kind.parse({ read: 100, delivered: 90, kept: 0, rejected: 10, unsettled: 0, ...more });
const run = (more: object, started: object = {}): Run => ({
  ...LONG,
  started: { ...LONG.started, ...started },
  ended: { ...LONG.ended!, read: 100, streams: { contacts: counts(more) } },
});

const losing = {
  ...run({}),
  ended: { ...run({}).ended!, losses: [{ field: "birthday", left_out: 318, of: 523 }] },
};

test("a run whose field lost most of its values succeeded with losses, and one that lost none succeeded", () => {
  const verdict = verdictOn(losing, "succeeded");
  expect(verdict).toMatchObject({
    outcome: "with_losses",
    word: "succeeded, with losses",
    tone: "warn",
    losses: [{ field: "birthday", left_out: 318, of: 523 }],
  });
  expect(isWrong(verdict)).toBe(false);
  expect(verdictOn(run({}), "succeeded").outcome).toBe("succeeded");
});

test("a failed run has failed, whatever it lost", () => {
  const failed = verdictOn(losing, "failed");
  expect([failed.outcome, failed.tone, isWrong(failed)]).toEqual(["failed", "bad", true]);
});

test("a retry of which nobody arrives has mended nothing", () => {
  const none = { delivered: 0, rejected: 100 };
  expect(hasMendedNothing(run(none, { retry_of: 3 }))).toBe(true);
  expect(hasMendedNothing(run({ delivered: 1, rejected: 99 }, { retry_of: 3 }))).toBe(false);
  expect(hasMendedNothing(run(none))).toBe(false);
});
