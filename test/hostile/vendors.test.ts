import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { generatePeople } from "../../simulators/people.js";
import { type Stage, setStage } from "../stage.js";
import { type Between, standBetween } from "./between.js";
import { isWhole, report } from "./figures.js";

let stage: Stage;
let between: Between;
afterEach(async () => {
  await between?.close();
  await stage?.close();
});

const HEAP = { NODE_OPTIONS: "--max-old-space-size=300" };
const ADVANCED = { timeout_seconds: 1, max_attempts: 2 };
const CONTACT =
  '{"type":"RECORD","record":{"stream":"contacts","emitted_at":1,"data":{"email":"a@example.com"}}}\n';
const STATE =
  '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{}}}}\n';

type Meddle = (asked: IncomingMessage, answer: ServerResponse) => boolean;

const endless: Meddle = (_asked, answer) => {
  const piece = Buffer.alloc(1_000_000, "x");
  const more = () => {
    while (!answer.destroyed && answer.write(piece));
  };
  answer.on("drain", more);
  more();
  return true;
};
const dripping =
  (piece: string | undefined): Meddle =>
  (_asked, answer) => {
    if (piece) answer.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => (piece ? answer.write(piece) : answer.writeProcessing()), 100);
    answer.on("close", () => clearInterval(timer));
    return true;
  };
const later =
  (wait: string): Meddle =>
  (_asked, answer) =>
    Boolean(answer.writeHead(429, { "retry-after": wait }).end("{}"));

/** How an answer misbehaves, what the failure says, and how it is to be recovered from. */
const ANSWERS: readonly [string, Meddle, RegExp, string, isSample?: boolean][] = [
  ["that never ends", endless, /longer than any answer/, "config_error"],
  ["that drips", dripping(" "), /stopped half-way, or came too slowly/, "transient_error", true],
  ["behind a flood of interim answers", dripping(undefined), /no answer came in time/, "transient_error"],
  [
    "that asks to wait for two hours",
    later("7200"),
    /before 20\d\d-.*run again after that/,
    "transient_error",
    true,
  ],
  [
    "that asks to wait for months",
    later("99999999"),
    /before 20\d\d-.*run again after that/,
    "transient_error",
  ],
  ["that asks to wait for ever", later("9".repeat(400)), /before \+275760-/, "transient_error"],
  [
    "that asks to wait until a date",
    later("Fri, 31 Dec 2099 23:59:59 GMT"),
    /before 2099-12-31T23:59:\d\d/,
    "transient_error",
  ],
  [
    "that is compressed",
    (_asked, answer) => Boolean(answer.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("{}"))),
    /compressed/,
    "config_error",
  ],
];
const cases = ANSWERS.filter(([, , , , isSample]) => isWhole || isSample);

describe("an answer of Iterable's", () => {
  test.each(cases)("%s ends the run in time, with what to do", async (_what, meddle, message, kind) => {
    stage = await setStage();
    between = await standBetween(stage.iterable.url, meddle);
    const begun = performance.now();
    const { code, messages } = await stage.destination("write", {
      input: CONTACT + STATE,
      env: HEAP,
      settings: { advanced: { ...ADVANCED, base_url: between.url } },
    });
    report({ bytes: 0, ms: performance.now() - begun });
    expect(code).toBe(1);
    const error = messages.findLast(({ trace }) => trace?.type === "ERROR")?.trace.error;
    expect(error).toEqual(
      expect.objectContaining({ message: expect.stringMatching(message), failure_type: kind }),
    );
    expect(messages.filter(({ type }) => type === "STATE")).toEqual([]);
  });
});

describe("a log-in at Flowcode's", () => {
  test.each(cases)("%s ends the run in time, with what to do", async (_what, meddle, message, kind) => {
    stage = await setStage(generatePeople(3, { endMs: Date.now() }));
    between = await standBetween(stage.flowcode.url, meddle);
    const begun = performance.now();
    const { code, messages } = await stage.source("read", {
      env: HEAP,
      settings: { advanced: { ...ADVANCED, auth_base_url: between.url } },
    });
    report({ bytes: 0, ms: performance.now() - begun });
    expect(code).toBe(1);
    const error = messages.findLast(({ trace }) => trace?.type === "ERROR")?.trace.error;
    expect(error).toEqual(
      expect.objectContaining({ message: expect.stringMatching(message), failure_type: kind }),
    );
  });
});

test("an unasked 100 Continue before every answer changes nothing: each contact is written once", async () => {
  stage = await setStage();
  let updates = 0;
  between = await standBetween(stage.iterable.url, (asked, answer) => {
    if (asked.url?.includes("bulkUpdate")) updates += 1;
    answer.writeContinue();
    return false;
  });
  const { code, messages } = await stage.destination("write", {
    input: CONTACT + STATE,
    settings: { advanced: { base_url: between.url } },
  });
  expect({ code, updates }).toEqual({ code: 0, updates: 1 });
  expect(messages.filter(({ type }) => type === "STATE")).toHaveLength(1);
});

test("whoever waits says so within five seconds as data: for whom, why, since when, which attempt, when next", async () => {
  stage = await setStage();
  let refusals = 0;
  between = await standBetween(stage.iterable.url, (asked, answer) => {
    if (!asked.url?.includes("bulkUpdate") || refusals > 0) return false;
    refusals += 1;
    answer.writeHead(429, { "retry-after": "6" }).end("{}");
    return true;
  });
  const { code, messages } = await stage.destination("write", {
    input: CONTACT + STATE,
    settings: { advanced: { base_url: between.url } },
  });
  expect(code).toBe(0);
  const waits = messages
    .filter(({ trace }) => trace?.analytics?.type === "waiting")
    .map(({ trace }) => ({ at: trace.emitted_at, ...JSON.parse(trace.analytics.value) }));
  expect(waits[0]).toMatchObject({ for: "Iterable", reason: "rate_limited", attempt: 2 });
  expect(waits[0].at - Date.parse(waits[0].since)).toBeLessThanOrEqual(5_000);
  expect(Date.parse(waits[0].next_at) - Date.parse(waits[0].since)).toBeGreaterThan(5_000);
  expect(waits.at(-1)).toMatchObject({ for: "Iterable", over: true });
});
