import { describe, expect, test } from "vitest";
import { isWrong, judge } from "../../../sync/compare/judgement.js";
import type { LookedUp } from "../../../sync/compare/look-up.js";

const at = (text: string) => Date.parse(text);
const RUN = {
  startedAt: at("2026-01-01T10:00:00Z"),
  endedAt: at("2026-01-01T10:05:00Z"),
  rejected: new Set(["key of a rejected", "0123456789ab"]),
};
const row = (key = "key", changed = "2025-12-31T00:00:00Z") => ({ key, changedAt: at(changed) });
const found = (verdict: LookedUp["verdict"], more: Partial<LookedUp> = {}): LookedUp => ({
  lines: [1],
  stream: "contacts",
  contact: "ffffffffffff",
  identifier: "ann@example.com",
  mode: "overwrite",
  verdict,
  field: null,
  reason: null,
  steps: [],
  payload: null,
  fields: [],
  held: null,
  updated_at: "2026-01-01 10:03:00 +00:00",
  ...more,
});

describe("a contact", () => {
  test.each<[string, LookedUp, ReturnType<typeof row>, string]>([
    ["that is held as it is sent agrees", found("agrees"), row(), "agrees"],
    ["that the mode leaves alone is left alone", found("left_alone"), row(), "left_alone"],
    ["that the mapping keeps is kept", found("kept"), row(), "kept"],
    [
      "that is not there, and that the run has rejected, was rejected",
      found("absent"),
      row("key of a rejected"),
      "rejected",
    ],
    [
      "of which the run has kept nothing but a hash was rejected",
      found("absent", { contact: "0123456789ab" }),
      row(),
      "rejected",
    ],
    [
      "that was converted again since the run began has changed in Flowcode",
      found("differs"),
      row("key", "2026-01-01T10:00:01Z"),
      "changed_in_flowcode",
    ],
    [
      "whose profile was written since the run ended has changed in Iterable",
      found("differs", { updated_at: "2026-01-02 00:00:00 +00:00" }),
      row(),
      "changed_in_iterable",
    ],
    ["whose profile the run was the last to write differs", found("differs"), row(), "differs"],
    ["that is not there is absent", found("absent", { updated_at: null }), row(), "absent"],
    ["without any time is absent", found("absent"), { key: "key", changedAt: undefined as never }, "absent"],
  ])("%s", (_what, one, of, expected) => {
    const judgement = judge(one, of, RUN);
    expect(judgement).toBe(expected);
    expect(isWrong(judgement)).toBe(expected === "differs" || expected === "absent");
  });
});
