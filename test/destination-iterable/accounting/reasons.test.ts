import { describe, expect, test } from "vitest";
import {
  type LostReason,
  mayBeTheMapping,
  REASONS,
} from "../../../destination-iterable/accounting/reasons.js";
import { createTally } from "../../../destination-iterable/accounting/tally.js";
import derived from "../../../schemas/reasons.json" with { type: "json" };

const ALL = Object.entries(REASONS);
const LOST = ALL.filter(([, { fault }]) => fault !== "nobody").map(([reason]) => reason as LostReason);

/** What a run says that rejects so many contacts for one reason, one after another. */
function verdictOn(reason: LostReason, contacts: number, maxRejectedPercent: number) {
  const tally = createTally(maxRejectedPercent);
  for (let count = 0; count < contacts; count += 1) {
    tally.read("contacts");
    const problem = tally.end("contacts", tally.judge(), {
      kind: "rejected",
      stage: "mapping",
      reason,
    });
    if (problem !== undefined) return problem;
  }
  return tally.verdict();
}

describe.each(ALL)("the reason %s", (_code, { means, remedy, fault }) => {
  test("is explained in sentences", () => {
    expect(means).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/^$|^[A-Z].*[.A-Z]$/);
  });

  test("has a remedy where the mapping is at fault", () => {
    if (fault === "mapping") expect(remedy).not.toBe("");
  });
});

describe.each(LOST)("contacts that are rejected as %s", (reason) => {
  const { fault } = REASONS[reason];
  const counts = fault === "mapping" || fault === "value";

  test(`${counts ? "speak" : "do not speak"} against the mapping, which is ${counts ? "" : "not "}at fault`, () => {
    expect(mayBeTheMapping(reason)).toBe(counts);
  });

  test.each([
    ["20 of them, all there is", 20, 100],
    ["100 of them first", 100, 100],
    ["more than max_rejected_percent allows", 101, 0],
  ])(`${counts ? "stop" : "never stop"} a run: %s`, (_what, contacts, percent) => {
    expect(verdictOn(reason, contacts, percent) !== undefined).toBe(counts);
  });
});

test("programs that may not import the table have it as data", () => {
  expect(derived).toEqual(REASONS);
});
