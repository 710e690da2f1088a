import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../destination-iterable/accounting/outcome.js";
import type { LostReason } from "../../../destination-iterable/accounting/reasons.js";
import { createTally, type Tally } from "../../../destination-iterable/accounting/tally.js";

const DELIVERED: Outcome = { kind: "delivered" };
const KEPT: Outcome = { kind: "kept", reason: "exists" };
const UNSETTLED: Outcome = { kind: "unsettled" };
const rejected = (reason: LostReason = "not_a_date", field?: string): Outcome => ({
  kind: "rejected",
  stage: "mapping",
  reason,
  field,
});
const times = (count: number, outcome: Outcome): Outcome[] => Array(count).fill(outcome);

/** Takes one more record in. */
function readIn(tally: Tally, stream = "contacts"): number {
  tally.read(stream);
  return tally.judge();
}

/** Reads as many records as there are outcomes, then ends them. Returns the number at which the run was stopped. */
function runOf(outcomes: readonly Outcome[], maxRejectedPercent = 25) {
  const tally = createTally(maxRejectedPercent);
  const indexes = outcomes.map(() => readIn(tally));
  for (const [position, outcome] of outcomes.entries()) {
    const problem = tally.end("contacts", indexes[position]!, outcome);
    if (problem !== undefined) return { tally, problem, stoppedAt: position + 1 };
  }
  return { tally, problem: tally.verdict(), stoppedAt: undefined };
}

describe("a mapping that does not fit", () => {
  test("stops the run at the hundredth contact when all of the first hundred were rejected", () => {
    const { stoppedAt, problem } = runOf([...times(200, rejected())], 100);
    expect(stoppedAt).toBe(100);
    expect(problem).toMatch(
      /all of the first 100 contacts were rejected for the mapping \(not_a_date 100\).*field_mapping/,
    );
  });

  test("is noticed whatever the order in which contacts end", () => {
    const tally = createTally(100);
    const indexes = Array.from({ length: 150 }, () => readIn(tally));
    for (const index of indexes.slice(100)) tally.end("contacts", index, DELIVERED);
    const problems = indexes.slice(0, 100).map((index) => tally.end("contacts", index, rejected()));
    expect(problems.findIndex((problem) => problem !== undefined)).toBe(99);
  });

  test.each<[string, Outcome[], boolean]>([
    ["of 20 contacts, all rejected, is a failure", times(20, rejected()), true],
    ["of 100 contacts, all rejected, is a failure", times(100, rejected()), true],
    ["of 19 contacts, all rejected, says nothing about the mapping", times(19, rejected()), false],
    ["of 20 contacts, one kept, is a success", [...times(19, rejected()), KEPT], false],
    ["of nothing is a success", [], false],
  ])("a short input %s", (_what, outcomes, fails) => {
    expect(runOf(outcomes, 100).problem !== undefined).toBe(fails);
  });
});

describe("max_rejected_percent", () => {
  test("stops the run at the contact that exceeds it, naming the reasons, the most frequent first", () => {
    const outcomes = [
      ...times(150, DELIVERED),
      ...times(10, rejected("missing_required", "email")),
      ...times(41, rejected()),
      ...times(99, DELIVERED),
    ];
    const { stoppedAt, problem } = runOf(outcomes, 16);
    expect(stoppedAt).toBe(199);
    expect(problem).toMatch(
      /^49 of 300 contacts were rejected.*\(16\).*\(not_a_date 39, email missing_required 10\)/,
    );
  });

  test.each<[string, Outcome[], number, boolean]>([
    ["is exactly reached", [...times(150, DELIVERED), ...times(50, rejected())], 25, false],
    ["is exceeded by one", [...times(149, DELIVERED), ...times(51, rejected())], 25, true],
    [
      "is exceeded within the first hundred alone",
      [...times(50, DELIVERED), ...times(50, rejected())],
      25,
      false,
    ],
    ["is 100", [...times(1, DELIVERED), ...times(199, rejected())], 100, false],
    ["is 0 and nothing is rejected", times(200, DELIVERED), 0, false],
    ["is 0 and one is rejected", [...times(199, DELIVERED), rejected()], 0, true],
    [
      "would be exceeded by contacts that asked to be forgotten",
      [...times(100, DELIVERED), ...times(100, rejected("forgotten"))],
      25,
      false,
    ],
    [
      "would be exceeded by contacts without an identifier",
      [...times(100, DELIVERED), ...times(100, rejected("no_identifier"))],
      25,
      false,
    ],
  ])("judges a run in which it %s", (_what, outcomes, percent, fails) => {
    expect(runOf(outcomes, percent).problem !== undefined).toBe(fails);
  });

  test("judges a run that ends with deliveries by all of its contacts", () => {
    const tally = createTally(25);
    const end = (count: number, outcome: Outcome) => {
      for (let index = 0; index < count; index += 1) {
        expect(tally.end("contacts", readIn(tally), outcome)).toBeUndefined();
      }
    };
    end(60, rejected());
    end(41, DELIVERED);
    expect(tally.verdict()).toMatch(/^60 of 101 contacts were rejected/);
  });
});

describe("a run", () => {
  test.each<[string, Outcome[], boolean]>([
    ["has arrived with the first contact that is delivered", [rejected(), DELIVERED], true],
    ["has arrived with the first contact that is kept", [KEPT], true],
    ["has not arrived with rejections alone", [rejected(), UNSETTLED], false],
  ])("%s", (_what, outcomes, arrived) => {
    expect(runOf(outcomes).tally.hasArrived).toBe(arrived);
  });

  test("is summed up per stream, so that every record is accounted for", () => {
    const tally = createTally(25);
    const outcomes = [DELIVERED, DELIVERED, KEPT, rejected("too_long", "name"), rejected(), UNSETTLED];
    for (const outcome of outcomes) tally.end("contacts", readIn(tally), outcome);
    tally.read("leads");
    tally.dropped("contacts", "age", "not_a_number");
    tally.dropped("contacts", "age", "not_a_number");
    tally.dropped("contacts", "zip", "type_mismatch");
    expect(tally.summary()).toEqual([
      "contacts: 6 read = 2 delivered + 1 kept + 2 rejected + 1 unsettled; reasons: kept: exists 1, name too_long 1, not_a_date 1; values left out: age not_a_number 2, zip type_mismatch 1",
      "leads: 1 read = 0 delivered + 0 kept + 0 rejected + 1 unsettled",
    ]);
  });

  test("is told as data, with the same counts", () => {
    const tally = createTally(25);
    for (const outcome of [DELIVERED, KEPT, rejected("too_long", "name")])
      tally.end("contacts", readIn(tally), outcome);
    tally.dropped("contacts", "age", "not_a_number");
    expect(tally.outcomes()).toEqual([
      {
        ...{ stream: "contacts", read: 3, delivered: 1, kept: 1, rejected: 1, unsettled: 0 },
        reasons: [
          { kind: "kept", field: null, reason: "exists", count: 1 },
          { kind: "rejected", field: "name", reason: "too_long", count: 1 },
        ],
        left_out: [{ field: "age", reason: "not_a_number", count: 1 }],
      },
    ]);
  });

  test("numbers the contacts that the mapping is judged by across streams, from 0", () => {
    const tally = createTally(25);
    expect(["a", "b", "a"].map((stream) => readIn(tally, stream))).toEqual([0, 1, 2]);
  });
});
