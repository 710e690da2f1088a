import { afterEach, describe, expect, test } from "vitest";
import { type Stage, setStage } from "../stage.js";
import { isWhole, report } from "./figures.js";

let stage: Stage;
afterEach(() => stage?.close());

/** Room for a destination at work, and for no input as a whole. */
const HEAP = { NODE_OPTIONS: "--max-old-space-size=400" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

const record = (data: string) =>
  `{"type":"RECORD","record":{"stream":"contacts","emitted_at":1,"data":${data}}}\n`;
const contact = (number: number, more = "") => record(`{"email":"p${number}@example.com"${more}}`);
const state = (number: number) =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{"n":${number}}}}}\n`;
const complete =
  '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"contacts"},"status":"COMPLETE"}}}\n';
const catalogOf = (properties: unknown) => ({
  streams: [
    {
      stream: {
        name: "contacts",
        json_schema: { type: "object", properties },
        supported_sync_modes: ["incremental"],
      },
      sync_mode: "incremental",
      destination_sync_mode: "append_dedup",
    },
  ],
});

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const many = (count: number, of: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => of(at));

/** What stands in one contact among others: only that contact may be lost. */
const VALUES: readonly [string, () => string, isSample?: boolean][] = [
  ["5,000 levels of objects", () => `,"deep":${deep(5_000)}`, true],
  ["5,000 levels of lists", () => `,"deep":${"[".repeat(5_000)}${"]".repeat(5_000)}`],
  [
    "a huge number beside 16 MB of text",
    () => `,"n":12345678901234567890,"t":"${"x".repeat(16_000_000)}"`,
    true,
  ],
  ["a number beyond every number", () => ',"n":1e999,"m":-1e999'],
  ["a number of a million digits", () => `,"n":${"9".repeat(1_000_000)}`],
  ["NUL, escapes and overrides", () => ',"\\u001b[2J\\u202e":"\\u0000\\u001b]0;x\\u0007","\\u009b":1', true],
  ["halves of surrogate pairs", () => ',"half \\ud83d":"\\udc00"'],
  [
    "names that every object has",
    () => ',"__proto__":{"a":1},"constructor":"x","toString":1,"hasOwnProperty":2',
  ],
  ["100,000 blanks behind a date", () => `,"birth":"2020-01-01${" ".repeat(100_000)}x"`],
  ["100,000 digits", () => `,"phone":"${"1".repeat(100_000)}","name":"${"1 ".repeat(50_000)}"`],
  ["20,000 names of fields", () => many(20_000, (at) => `,"field ${at}":${at}`).join("")],
  ["a list of 200,000 objects", () => `,"list":[${many(200_000, (at) => `{"a":${at}}`).join(",")}]`],
];

describe("a contact with", () => {
  test.each(VALUES.filter(([, , isSample]) => isWhole || isSample))(
    "%s costs no other contact, and harms no terminal",
    async (_what, membersOf) => {
      stage = await setStage();
      const input = `${many(20, contact).join("")}${contact(99, membersOf())}${contact(100)}${state(1)}${complete}`;
      const begun = performance.now();
      const { code, messages, stdout, stderr } = await stage.destination("write", {
        settings: { unmapped_fields: "same_name", batch_seconds: 1 },
        input,
        env: HEAP,
      });
      report({ bytes: input.length, ms: performance.now() - begun });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringMatching(HARMFUL) });
      expect(stage.iterable.users.has("p100@example.com")).toBe(true);
      expect(messages.filter(({ type }) => type === "STATE")).toHaveLength(1);
      expect(
        JSON.stringify(messages.filter(({ type }) => type === "LOG").map(({ log }) => log.message)),
      ).not.toMatch(/\\u0000|\\u001b|\\u0007/i);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThan(100_000);
    },
  );
});

const CATALOGS: readonly [string, () => unknown, isSample?: boolean][] = [
  [
    "a pattern that backtracks",
    () => ({ email: { type: "string", pattern: "^(a+)+$" }, note: { pattern: "(x+x+)+y" } }),
    true,
  ],
  [
    "20,000 fields",
    () =>
      Object.fromEntries(
        many(20_000, (at) => `field ${at}`)
          .map((name) => [name, { type: ["null", "string"] }])
          .concat([["email", { type: "string" }]] as never),
      ),
    true,
  ],
  [
    "20,000 fields that all differ",
    () =>
      Object.fromEntries([
        ["email", {}],
        ...many(20_000, (at) => `f${at}`).map((name, at) => [name, { maxLength: at }]),
      ]),
  ],
];

describe("a catalog with", () => {
  test.each(CATALOGS.filter(([, , isSample]) => isWhole || isSample))(
    "%s is written in time",
    async (_what, propertiesOf) => {
      stage = await setStage();
      const catalog = catalogOf(propertiesOf());
      const input = `${contact(1, `,"note":"${"x".repeat(9_000)}"`)}${state(1)}${complete}`;
      const begun = performance.now();
      const { code, messages } = await stage.destination("write", { catalog, input, env: HEAP });
      report({ bytes: input.length + JSON.stringify(catalog).length, ms: performance.now() - begun });
      expect(code).toBe(0);
      expect(messages.filter(({ type }) => type === "STATE")).toHaveLength(1);
    },
  );
});

const FLOODS: readonly [string, () => string, code: number, isSample?: boolean][] = [
  [
    "20 states of 20 MB",
    () =>
      many(
        20,
        (at) => `${contact(at)}${state(at).replace('{"n"', `{"x":"${"y".repeat(20_000_000)}","n"`)}`,
      ).join(""),
    0,
  ],
  [
    "60,000 contacts without an identifier",
    () => many(60_000, (at) => record(`{"name":"${at} ${"z".repeat(500)}"}`)).join(""),
    0,
  ],
  [
    "60,000 different names of fields",
    () => many(60_000, (at) => contact(at, `,"${"n".repeat(100)}${at}":1`)).join(""),
    0,
  ],
  ["a line of 70 MB", () => `${"x".repeat(70_000_000)}\n`, 1],
  ["100,000 unknown types", () => many(100_000, (at) => `{"type":"T${at}"}\n`).join(""), 0, true],
];

describe("an input of", () => {
  test.each(FLOODS.filter(([, , , isSample]) => isWhole || isSample))(
    "%s fits into memory",
    async (_what, inputOf, code) => {
      stage = await setStage();
      const input = inputOf() + complete;
      const begun = performance.now();
      const ended = await stage.destination("write", {
        input,
        env: HEAP,
        settings: { advanced: { bulk_requests_per_second: 100 } },
      });
      report({ bytes: input.length, ms: performance.now() - begun });
      expect(ended.code).toBe(code);
      const logged = ended.lines.filter((line) => line.includes('"type":"LOG"')).join("");
      expect(logged.length + ended.stderr.length).toBeLessThan(10_000_000);
    },
  );
});
