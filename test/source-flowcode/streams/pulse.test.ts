import { describe, expect, it } from "vitest";
import { createLog } from "../../../connector/reporting/log.js";
import type { RecordMessage, StateMessage, StatusMessage } from "../../../protocol/message.js";
import type { ContactsPage, FlowcodeApi } from "../../../source-flowcode/flowcode/api.js";
import { readFlows } from "../../../source-flowcode/streams/flows.js";
import { createPulse } from "../../../source-flowcode/streams/pulse.js";
import { readContacts } from "../../../source-flowcode/streams/read-contacts.js";
import { createTally } from "../../../source-flowcode/tally.js";
import { createSlowTime } from "../slow-time.js";
import { type Row, row, rowsFrom } from "../stand-in.js";

const MINUTE = 60_000;
type Output = RecordMessage | StateMessage | StatusMessage;
type ConnectorMessage = { at: number; message: Output };

/** Everything that comes, with the seconds since the start. */
async function listen(groups: AsyncIterable<readonly Output[]>, time: ReturnType<typeof createSlowTime>) {
  const told: ConnectorMessage[] = [];
  for await (const group of groups)
    for (const message of group)
      told.push({ at: time.now() - time.start, message: JSON.parse(JSON.stringify(message)) });
  return told;
}

/** The longest time without a record or a state, in ms, until `end`. */
function longestSilence(told: readonly ConnectorMessage[], end: number): number {
  const beats = told.filter(({ message }) => message.kind !== "status").map(({ at }) => at);
  return Math.max(...[...beats, end].map((at, index) => at - (beats[index - 1] ?? 0)));
}

function readingOf(api: Partial<FlowcodeApi>, time: ReturnType<typeof createSlowTime>) {
  const log = createLog(
    () => undefined,
    (text) => text,
  );
  const heldUntil = () => api.heldUntil ?? 0;
  return {
    stream: "contacts",
    schema: {},
    api: {
      patience: { attempts: 1, pause: () => undefined, onBroken: () => undefined },
      ...api,
    } as FlowcodeApi,
    pulse: createPulse({ stream: "contacts", heldUntil, now: time.now, sleep: time.sleep }),
    settings: {
      scope: "s",
      startDate: null,
      orderBy: "name",
      pageSize: null,
      lookbackMs: 0,
      fullPassMs: 0,
    },
    now: time.now,
    log,
    analytics: () => undefined,
    tally: createTally({ log, analytics: () => undefined }),
    signal: new AbortController().signal,
  };
}
const whole = (rows: Row[], endCursor?: string): ContactsPage => ({
  kind: "whole",
  rows,
  info: { endCursor, hasNextPage: endCursor !== undefined },
  serverTime: undefined,
});

describe("while a page takes long", () => {
  const pages = (time: ReturnType<typeof createSlowTime>) => ({
    listContacts: ({ after }: { after: string | undefined }) =>
      after === undefined
        ? time.after(3.5 * MINUTE, () => whole(rowsFrom(0, 3), "3"))
        : time.after(10 * MINUTE, () => whole(rowsFrom(3, 5))),
  });

  it("there is no minute without a record or a state", async () => {
    const time = createSlowTime();
    const told = await listen(readContacts(undefined, readingOf(pages(time), time)), time);
    expect(told.filter(({ message }) => message.kind === "record")).toHaveLength(5);
    expect(longestSilence(told, time.now() - time.start)).toBeLessThan(MINUTE);
  });

  it("a state claims no more than was emitted, and counts each record once", async () => {
    const time = createSlowTime();
    const told = await listen(readContacts(undefined, readingOf(pages(time), time)), time);
    let records = 0;
    let counted = 0;
    for (const { message } of told) {
      if (message.kind === "record") records += 1;
      if (message.kind !== "state") continue;
      counted += message.recordCount ?? 0;
      expect(counted).toBe(records);
      const { pass, full_at } = message.value as { pass: { after: string } | null; full_at: string | null };
      if (records === 0) expect({ pass, full_at }).toEqual({ pass: null, full_at: null });
      else if (records === 3) expect(pass).toMatchObject({ after: "3" });
    }
    expect(records).toBe(5);
  });

  it("flows show signs of life too", async () => {
    const time = createSlowTime();
    const api = {
      listFlows: () => time.after(5 * MINUTE, () => whole([{ id: "a" }])),
    };
    const told = await listen(readFlows({ ...readingOf(api, time), stream: "flows" }), time);
    expect(longestSilence(told, time.now() - time.start)).toBeLessThan(MINUTE);
    expect(told.at(-1)?.message).toMatchObject({ kind: "state", recordCount: 1 });
  });

  it("what it fails with is thrown", async () => {
    const time = createSlowTime();
    const fails = () => {
      throw new Error("no");
    };
    const api = { listContacts: () => time.after(2 * MINUTE, fails) };
    await expect(listen(readContacts(undefined, readingOf(api, time)), time)).rejects.toThrow("no");
  });
});

describe("while a page of rows that are all known arrives slowly", () => {
  it("there is no minute without a state, which remembers what was emitted and stays before the page", async () => {
    const time = createSlowTime();
    const streamed = (): ContactsPage => ({
      kind: "streamed",
      serverTime: undefined,
      rows: (async function* () {
        yield [row(1), row(2)];
        for (let minutes = 0; minutes < 10; minutes += 1)
          yield await time.after(MINUTE / 2, () => [row(1), row(2)]);
        return { endCursor: undefined, hasNextPage: undefined };
      })(),
    });
    const api = { listContacts: async () => streamed() };
    const told = await listen(readContacts(undefined, readingOf(api, time)), time);
    expect(told.filter(({ message }) => message.kind === "record")).toHaveLength(2);
    expect(longestSilence(told, time.now() - time.start)).toBeLessThan(MINUTE);
    const [first] = told.flatMap(({ message }) => (message.kind === "state" ? [message] : []));
    expect(first).toMatchObject({ recordCount: 2, value: { pass: null, full_at: null } });
    expect(first?.value).toMatchObject({ seen: { rows: expect.stringMatching(/^.{24}$/) } });
  });
});

describe("while Flowcode lets nothing through", () => {
  it.each([
    [60, [{ at: 1, until: 60 }, { at: 60 }]],
    [4, []],
  ])("for %i seconds, statuses say so", async (seconds, expected) => {
    const time = createSlowTime();
    const api = {
      heldUntil: time.start + seconds * 1000,
      listContacts: () => time.after(seconds * 1000, () => whole(rowsFrom(0, 1))),
    };
    const told = await listen(readContacts(undefined, readingOf(api, time)), time);
    const statuses = told.flatMap(({ at, message }) =>
      message.kind === "status"
        ? [
            {
              at: at / 1000,
              ...(message.rateLimitedUntil && { until: (message.rateLimitedUntil - time.start) / 1000 }),
            },
          ]
        : [],
    );
    expect(statuses).toEqual(expected);
    expect(longestSilence(told, time.now() - time.start)).toBeLessThan(MINUTE);
  });
});
