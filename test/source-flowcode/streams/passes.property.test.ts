import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { json, type Row, read, row, settingsFor, startStandIn } from "../stand-in.js";

const START = Date.parse("2026-03-01T12:00:00Z");
const MINUTE = 60_000;

/** What happens in one run. */
const run = fc.record({
  /** The message behind which the process is killed; most runs live longer than their messages. */
  killedAfter: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(Number.POSITIVE_INFINITY)),
  /** Contacts converted, for the first time or again, before the run and during it. */
  before: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }),
  during: fc.array(
    fc.record({ request: fc.integer({ min: 1, max: 6 }), contact: fc.integer({ min: 0, max: 60 }) }),
    {
      maxLength: 3,
    },
  ),
  refuses: fc.boolean(),
});

/** The records and the state that whoever reads the pipe has safely got. */
function settled(messages: Awaited<ReturnType<typeof read>>["messages"]) {
  const last = messages.findLastIndex(({ kind }) => kind === "state");
  return messages
    .slice(0, last + 1)
    .flatMap((message) => (message.kind === "record" ? [message.data as Row] : []));
}

describe("a pass", () => {
  it("brings every conversion exactly once, wherever it is killed and whatever is converted meanwhile", async () => {
    const standIn = await startStandIn({ rows: [] });
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 1, max: 15 }),
          fc.array(run, { maxLength: 6 }),
          async (contacts, pageSize, runs) => {
            let version = 0;
            const contactRows = new Map<number, Row>();
            const convert = (contact: number, at: number) => {
              version += 1;
              contactRows.set(contact, row(contact, new Date(at).toISOString(), { version }));
              standIn.rows = [...contactRows.values()];
            };
            standIn.rows = [];
            standIn.pageSize = pageSize;
            for (let contact = 0; contact < contacts; contact += 1) {
              contactRows.set(contact, row(contact, "2026-01-01T00:00:00Z", { version: -contact }));
            }
            standIn.rows = [...contactRows.values()];

            let state: unknown;
            const got: string[] = [];
            const last = { killedAfter: Number.POSITIVE_INFINITY, before: [], during: [], refuses: false };
            for (const [index, { killedAfter, before, during, refuses }] of [...runs, last].entries()) {
              const now = START + index * MINUTE;
              for (const contact of before) convert(contact, now - MINUTE / 2);
              let lists = 0;
              let refusals = 0;
              standIn.intervene = ({ path, body }, response) => {
                if (!path.endsWith("ListContacts")) return false;
                lists += 1;
                for (const { request, contact } of during)
                  if (request === lists) convert(contact, now + 1000);
                const isRefused = refuses && body.pagination.after !== undefined && refusals++ === 0;
                return isRefused && json(response, 400, { code: "invalid_argument" });
              };
              const result = await read(settingsFor(standIn, { requests_per_second: 1000 }), {
                state,
                now: () => now,
                until: (_message, count) => count >= killedAfter,
              });
              expect(result.error).toBeUndefined();
              got.push(...settled(result.messages).map((data) => `${data.email} ${data.version}`));
              state = result.state ?? state;
            }
            expect(got).toHaveLength(new Set(got).size);
            const wanted = standIn.rows.map(({ user }) => `${(user as Row).email} ${(user as Row).version}`);
            expect(wanted.filter((contact) => !got.includes(contact))).toEqual([]);
          },
        ),
        { numRuns: 40 },
      );
    } finally {
      await standIn.close();
    }
  });
});
