import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLedger, type Ledger, type Ticket } from "../../../destination-iterable/accounting/ledger.js";

const release = (ledger: Ledger, evenWithRejections = true) =>
  ledger.release(evenWithRejections).map(({ line, counts }) => [line, counts.settled, counts.rejected]);

describe("a state", () => {
  test("leaves at once when nothing came before it", () => {
    const ledger = createLedger();
    ledger.state("a", "a1");
    expect(release(ledger)).toEqual([["a1", 0, 0]]);
    expect(ledger.waiting).toBe(0);
  });

  test("waits for every record that came before it, in whatever order they end", () => {
    const ledger = createLedger();
    const tickets = [ledger.admit("a"), ledger.admit("a"), ledger.admit("a")];
    ledger.state("a", "a1");
    for (const index of [2, 0]) ledger.settle(tickets[index]!, "settled");
    expect(release(ledger)).toEqual([]);
    expect(ledger.waiting).toBe(1);
    ledger.settle(tickets[1]!, "rejected");
    expect(release(ledger)).toEqual([["a1", 2, 1]]);
  });

  test("does not wait for records that come after it", () => {
    const ledger = createLedger();
    ledger.settle(ledger.admit("a"), "settled");
    ledger.state("a", "a1");
    ledger.admit("a");
    expect(release(ledger)).toEqual([["a1", 1, 0]]);
  });

  test("leaves once", () => {
    const ledger = createLedger();
    ledger.state("a", "a1");
    release(ledger);
    expect(release(ledger)).toEqual([]);
  });

  test("never overtakes an earlier one of its stream, and counts only its own window", () => {
    const ledger = createLedger();
    const first = ledger.admit("a");
    ledger.state("a", "a1");
    const second = ledger.admit("a");
    ledger.state("a", "a2");
    ledger.settle(second, "settled");
    expect(release(ledger)).toEqual([]);
    ledger.settle(first, "settled");
    expect(release(ledger)).toEqual([
      ["a1", 1, 0],
      ["a2", 1, 0],
    ]);
  });

  test("is not held up by another stream, quiet or stuck", () => {
    const ledger = createLedger();
    ledger.admit("stuck");
    ledger.state("stuck", "s1");
    ledger.settle(ledger.admit("a"), "settled");
    ledger.state("a", "a1");
    expect(release(ledger)).toEqual([["a1", 1, 0]]);
    expect(ledger.waiting).toBe(1);
  });

  test("that covers every stream waits for the records of all", () => {
    const ledger = createLedger();
    const a = ledger.admit("a");
    const b = ledger.admit("b");
    ledger.state(undefined, "all1");
    ledger.settle(a, "settled");
    expect(release(ledger)).toEqual([]);
    ledger.settle(b, "rejected");
    expect(release(ledger)).toEqual([["all1", 1, 1]]);
  });

  test("of a stream that is new does not overtake one that covers every stream", () => {
    const ledger = createLedger();
    const open = ledger.admit("a");
    ledger.state(undefined, "all");
    ledger.state("new", "n1");
    expect(release(ledger)).toEqual([]);
    ledger.settle(open, "settled");
    expect(release(ledger)).toEqual([
      ["all", 1, 0],
      ["n1", 0, 0],
    ]);
  });

  test("that covers every stream leaves before any record came", () => {
    const ledger = createLedger();
    ledger.state(undefined, "all1");
    expect(release(ledger)).toEqual([["all1", 0, 0]]);
  });

  test("whose records were rejected for the mapping waits until the run is known to be good, and those behind it too", () => {
    const ledger = createLedger();
    ledger.settle(ledger.admit("a"), "blamed");
    ledger.state("a", "a1");
    ledger.settle(ledger.admit("a"), "settled");
    ledger.state("a", "a2");
    ledger.settle(ledger.admit("b"), "settled");
    ledger.state("b", "b1");
    expect(release(ledger, false)).toEqual([["b1", 1, 0]]);
    expect(release(ledger, true)).toEqual([
      ["a1", 0, 1],
      ["a2", 1, 0],
    ]);
  });
});

describe("states that nothing but a rejection holds back", () => {
  const rejecting = (ledger: Ledger, stream: string) => ledger.settle(ledger.admit(stream), "blamed");

  test("are covered by the newest of their stream, which gets their counts", () => {
    const ledger = createLedger();
    rejecting(ledger, "a");
    ledger.settle(ledger.admit("a"), "settled");
    ledger.state("a", "a1");
    ledger.settle(ledger.admit("a"), "settled");
    ledger.state("a", "a2");
    ledger.state("b", "b1");
    ledger.condense();
    expect([ledger.waiting, ledger.waitingChars]).toEqual([2, 4]);
    expect(release(ledger, false)).toEqual([["b1", 0, 0]]);
    expect(release(ledger)).toEqual([["a2", 2, 1]]);
  });

  test("of all streams stay where one of the streams waits for more", () => {
    const ledger = createLedger();
    rejecting(ledger, "a");
    ledger.state(undefined, "1");
    const open = ledger.admit("b");
    ledger.state(undefined, "2");
    ledger.condense();
    expect(release(ledger)).toEqual([["1", 0, 1]]);
    ledger.settle(open, "settled");
    expect(release(ledger)).toEqual([["2", 1, 0]]);
  });

  test("of all streams stay where a state of one of them stands between", () => {
    const ledger = createLedger();
    rejecting(ledger, "a");
    rejecting(ledger, "b");
    ledger.state(undefined, "1");
    ledger.state("a", "a2");
    ledger.state(undefined, "3");
    ledger.condense();
    expect(release(ledger)).toEqual([
      ["1", 0, 2],
      ["a2", 0, 0],
      ["3", 0, 0],
    ]);
  });

  test("stay where a later one waits for more, or covers other streams", () => {
    const ledger = createLedger();
    rejecting(ledger, "a");
    ledger.state("a", "a1");
    const open = ledger.admit("a");
    ledger.state("a", "a2");
    ledger.state("a", "a3");
    ledger.state(undefined, "all");
    ledger.condense();
    expect(release(ledger)).toEqual([["a1", 0, 1]]);
    ledger.settle(open, "settled");
    expect(release(ledger)).toEqual([
      ["a2", 1, 0],
      ["a3", 0, 0],
      ["all", 0, 0],
    ]);
  });

  test("of all streams are covered like those of one", () => {
    const ledger = createLedger();
    rejecting(ledger, "a");
    ledger.state(undefined, "1");
    rejecting(ledger, "b");
    ledger.state(undefined, "2");
    ledger.state(undefined, "3");
    ledger.condense();
    expect(ledger.waiting).toBe(1);
    expect(release(ledger)).toEqual([["3", 0, 2]]);
  });
});

/** The same rules, told without windows: every state looks at every record that came before it. */
function createModel() {
  const records: { stream: string; how: "settled" | "rejected" | undefined }[] = [];
  const states: { stream: string | undefined; line: string; after: number; released: boolean }[] = [];
  const overlap = (a: string | undefined, b: string | undefined) =>
    a === undefined || b === undefined || a === b;
  return {
    admit: (stream: string) => records.push({ stream, how: undefined }) - 1,
    settle: (index: number, how: "settled" | "rejected") => {
      records[index]!.how = how;
    },
    state: (stream: string | undefined, line: string) =>
      void states.push({ stream, line, after: records.length, released: false }),
    release() {
      const out: [string, number, number][] = [];
      for (const [index, state] of states.entries()) {
        if (state.released) continue;
        const earlier = states.slice(0, index).filter(({ stream }) => overlap(stream, state.stream));
        const from = earlier.at(-1)?.after ?? 0;
        const covered = records.slice(0, state.after).filter(({ stream }) => overlap(stream, state.stream));
        if (covered.some(({ how }) => how === undefined) || earlier.some(({ released }) => !released))
          continue;
        state.released = true;
        const window = records.slice(from, state.after).filter(({ stream }) => overlap(stream, state.stream));
        const count = (wanted: string) => window.filter(({ how }) => how === wanted).length;
        out.push([state.line, count("settled"), count("rejected")]);
      }
      return out;
    },
  };
}

type Step =
  | { readonly do: "admit"; readonly stream: string }
  | { readonly do: "settle"; readonly which: number; readonly how: "settled" | "rejected" }
  | { readonly do: "state"; readonly stream: string };

const stream = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("admit" as const), stream }),
  fc.record({
    do: fc.constant("settle" as const),
    which: fc.nat(),
    how: fc.constantFrom("settled" as const, "rejected" as const),
  }),
  fc.record({ do: fc.constant("state" as const), stream }),
);

test.each([
  ["of single streams", false],
  ["of all streams", true],
])(
  "states %s leave exactly when everything before them is settled, in order and with their counts",
  (_what, global) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ledger = createLedger();
        const model = createModel();
        const open: { ticket: Ticket; index: number }[] = [];
        for (const [number, action] of steps.entries()) {
          if (action.do === "admit") {
            open.push({ ticket: ledger.admit(action.stream), index: model.admit(action.stream) });
          } else if (action.do === "state") {
            const of = global ? undefined : action.stream;
            ledger.state(of, `${action.stream}${number}`);
            model.state(of, `${action.stream}${number}`);
          } else if (open.length > 0) {
            const [one] = open.splice(action.which % open.length, 1);
            ledger.settle(one!.ticket, action.how);
            model.settle(one!.index, action.how);
          }
          const byStream = (a: unknown[], b: unknown[]) => String(a[0])[0]!.localeCompare(String(b[0])[0]!);
          const expected = model.release();
          const released = release(ledger);
          if (global) expect(released).toEqual(expected);
          else expect(released.sort(byStream)).toEqual(expected.sort(byStream));
        }
      }),
      { seed: 9, numRuns: 300 },
    );
  },
);
