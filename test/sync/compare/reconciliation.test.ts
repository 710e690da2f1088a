import { describe, expect, test } from "vitest";
import type { Judgement } from "../../../sync/compare/judgement.js";
import { reconcile } from "../../../sync/compare/reconciliation.js";
import type { Verification } from "../../../sync/compare/verification.js";
import type { Counts, Ended } from "../../../sync/runs/events.js";
import type { Run } from "../../../sync/runs/run.js";

const counts = (more: Partial<Counts> = {}): Counts => ({
  read: 10,
  delivered: 8,
  kept: 1,
  rejected: 1,
  unsettled: 0,
  reasons: [],
  left_out: [],
  ...more,
});
const run = (ended: Partial<Ended> | undefined = {}, started: object = {}): Run =>
  ({
    number: 3,
    started: { at: "2026-01-01T00:00:00Z", ...started },
    progress: [],
    rejected: [],
    ended: ended && {
      at: "2026-01-01T00:01:00Z",
      outcome: "succeeded",
      read: 10,
      settled: 9,
      rejected: 1,
      streams: { contacts: counts() },
      ...ended,
    },
  }) as unknown as Run;
const verification = (
  more: Partial<Verification> = {},
  judgements: Judgement[] = ["agrees", "agrees"],
): Verification => ({
  window: "state",
  again: 10,
  since: 0,
  rejectsKept: 1,
  contacts: judgements.map((judgement) => ({ judgement, found: { held: null } as never })),
  ...more,
});

test("counts that agree leave nothing to say", () => {
  expect(reconcile(run(), verification(), true)).toEqual({
    read: 10,
    delivered: 8,
    kept: 1,
    rejected: 1,
    unsettled: 0,
    problems: [],
    remarks: [],
    judgements: { agrees: 2 },
    lists: [],
    events: [],
  });
});

describe("a problem is", () => {
  test.each<[string, Run, Verification, boolean, RegExp]>([
    [
      "a contact without an end",
      run({ streams: { contacts: counts({ delivered: 7 }) } }),
      verification(),
      true,
      /10 were read, and 9 are accounted for/,
    ],
    [
      "a contact that never arrived",
      run({ read: 11 }),
      verification({ again: 11 }),
      true,
      /11 contacts went to the destination, which accounts for 10/,
    ],
    [
      "a rejected contact that is not kept",
      run(),
      verification({ rejectsKept: 0 }),
      true,
      /only 0 of them are kept/,
    ],
    [
      "a contact that the last run has not read",
      run(),
      verification({ again: 12 }),
      true,
      /2 contacts from before the run/,
    ],
    [
      "a contact that is not there",
      run(),
      verification({}, ["agrees", "absent", "differs"]),
      true,
      /2 of 3 contacts are not in Iterable/,
    ],
    [
      "a run of which nothing is known",
      run(null as never),
      verification({ again: 0 }, []),
      true,
      /verify the run after it/,
    ],
  ])("%s", (_what, one, found, isLast, words) => {
    const { problems } = reconcile(one, found, isLast);
    expect(problems).toEqual([expect.stringMatching(words)]);
  });
});

describe("a remark, and no problem, is", () => {
  test.each<[string, Run, Verification, boolean, RegExp]>([
    ["what later runs have had the chance to bring", run(), verification({ again: 12 }), false, /shown late/],
    [
      "what Flowcode does not give any more",
      run(),
      verification({ again: 7, since: 1 }),
      true,
      /2 contacts fewer/,
    ],
    [
      "a start that is not known any more",
      run(),
      verification({ window: "forgotten", again: 90 }),
      true,
      /not kept any more/,
    ],
    ["a run that has failed", run({ outcome: "failed" }), verification(), true, /did not come to its end/],
    [
      "what was left unsettled",
      run({ outcome: "failed", streams: { contacts: counts({ delivered: 6, unsettled: 2 }) } }),
      verification(),
      true,
      /2 contacts were left unsettled/,
    ],
  ])("%s", (_what, one, found, isLast, words) => {
    const { problems, remarks } = reconcile(one, found, isLast);
    expect([problems, remarks[0]]).toEqual([[], expect.stringMatching(words)]);
  });

  test("nothing that was changed since, or left alone on purpose", () => {
    const judgements: Judgement[] = [
      "left_alone",
      "kept",
      "rejected",
      "changed_in_flowcode",
      "changed_in_iterable",
    ];
    const { problems, remarks } = reconcile(run(), verification({ again: 8, since: 4 }, judgements), true);
    expect([problems, remarks]).toEqual([[], []]);
  });

  test("the source's count after a run with a limit", () => {
    const { problems, remarks } = reconcile(run({}, { limit: 10 }), verification({ again: 50 }), true);
    expect([problems, remarks]).toEqual([[], []]);
  });
});
