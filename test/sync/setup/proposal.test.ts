import { describe, expect, test } from "vitest";
import { createsFields, entriesFor, type Fate, propose } from "../../../sync/setup/proposal.js";

const field = (name: string) => ({ name, type: "string" });
const fields = (...names: string[]) => names.map(field);
const OUT: Fate = { kind: "out" };
const to = (target: string): Fate => ({ kind: "field", target, isNew: false });

describe("what is proposed for a field", () => {
  test.each<[string, string, readonly string[], Fate]>([
    ["the email tells who it is", "email", ["email"], { kind: "identifier" }],
    ["a name is divided", "name", [], { kind: "names" }],
    ["a phone has its place", "phone", [], to("phoneNumber")],
    ["the same name is the same field", "score", ["score"], to("score")],
    ["a name that differs in case and signs alone is proposed", "Shirt Size", ["shirtSize"], to("shirtSize")],
    ["letters of every script count", "Größe", ["größe"], to("größe")],
    ["of two that look alike none is chosen", "Shirt Size", ["shirtSize", "shirt_size"], OUT],
    ["what Iterable lacks is left out", "comment", ["score"], OUT],
  ])("%s", (_what, source, targets, fate) => {
    expect(propose(fields(source), fields(...targets))[0]?.fate).toEqual(fate);
  });
});

describe("the mapping that is saved", () => {
  const targets = new Set(["score", "shirtSize"]);

  test("is none where the destination does just that by itself", () => {
    const chosen = propose(fields("email", "name", "phone", "score", "comment"), fields(...targets));
    expect(entriesFor(chosen, targets)).toBeUndefined();
  });

  test("names every field that goes anywhere, once one of them is changed", () => {
    const chosen = [
      { source: field("email"), fate: { kind: "identifier" } as const },
      { source: field("name"), fate: { kind: "names" } as const },
      { source: field("a.b"), fate: to("shirtSize") },
      { source: field("score"), fate: OUT },
      { source: field("new"), fate: { kind: "field", target: "new", isNew: true, type: "long" } as const },
    ];
    expect(entriesFor(chosen, targets)).toEqual([
      { source: "name", target: "firstName", transform: ["first_name"] },
      { source: "name", target: "lastName", transform: ["last_name"] },
      { source: "a\\.b", target: "shirtSize" },
      { source: "new", target: "new", type: "long" },
    ]);
    expect(createsFields(chosen)).toBe(true);
  });
});
