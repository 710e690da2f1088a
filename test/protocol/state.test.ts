import { describe, expect, test } from "vitest";
import { InvalidState, parseState } from "../../protocol/state.js";

const stream = (name: string, value: unknown, namespace?: string | null) => ({
  type: "STREAM",
  stream: { stream_descriptor: { name, ...(namespace !== undefined && { namespace }) }, stream_state: value },
});
const message = (name: string, value: unknown) => ({ type: "STATE", state: stream(name, value) });
const lines = (...items: unknown[]) => items.map((item) => `${JSON.stringify(item)}\n`).join("");
const LOG = { type: "LOG", log: { level: "INFO", message: "x" } };

const streams = (text: string) => Object.fromEntries(parseState(text).streams);

describe("a state file", () => {
  test.each<[string, string, Record<string, unknown>]>([
    ["nothing", "", {}],
    ["white space", " \r\n\n", {}],
    ["a byte order mark alone", "\uFEFF", {}],
    ["an empty list, as PyAirbyte writes for a first run", "[]", {}],
    ["an empty object", "{}\n", {}],
    [
      "a list of states, as the platform writes it",
      JSON.stringify([stream("a", { c: 1 }), stream("b", 2)]),
      { a: { c: 1 }, b: 2 },
    ],
    ["a list of whole messages", JSON.stringify([message("a", 1)]), { a: 1 }],
    ["a list over several lines", JSON.stringify([stream("a", { c: 1 })], null, 2), { a: { c: 1 } }],
    ["one state", JSON.stringify(stream("a", 1)), { a: 1 }],
    ["one message", JSON.stringify(message("a", 1), null, "\t"), { a: 1 }],
    ["one message behind a byte order mark", `\uFEFF${JSON.stringify(message("a", 1))}`, { a: 1 }],
    ["a stream in a namespace", JSON.stringify([stream("a", 1, "eu")]), { "eu.a": 1 }],
    [
      "PyAirbyte's nulls",
      JSON.stringify([
        {
          ...stream("a", { c: 1 }, null),
          global: null,
          data: null,
          sourceStats: null,
          destinationStats: null,
        },
      ]),
      { a: { c: 1 } },
    ],
    [
      "keys that the platform and a destination add",
      JSON.stringify([
        {
          ...stream("a", 1),
          id: 7,
          sourceStats: { recordCount: 1 },
          destinationStats: { recordCount: 1 },
          later: {},
        },
      ]),
      { a: 1 },
    ],
    [
      "a global state",
      JSON.stringify([
        {
          type: "GLOBAL",
          global: { shared_state: null, stream_states: [stream("a", 1).stream, stream("b", 2).stream] },
        },
      ]),
      { a: 1, b: 2 },
    ],
    [
      "a global state under PyAirbyte's name for it",
      JSON.stringify({ type: "GLOBAL", stream: null, global_: { stream_states: [stream("a", 1).stream] } }),
      { a: 1 },
    ],
    ["a Singer state", '{"bookmarks": {"a": {"c": 1}}, "currently_syncing": null}', { a: { c: 1 } }],
    ["a Singer state without bookmarks yet", '{"bookmarks": {}}', {}],
    ["a Singer message", '{"type": "STATE", "value": {"bookmarks": {"a": 1}}}', { a: 1 }],
    ["a null, which resets the stream", JSON.stringify([stream("a", null)]), {}],
    [
      "the lines of a destination, of which the last of each stream wins",
      lines(message("a", 1), message("b", 1), message("a", 2)),
      { a: 2, b: 1 },
    ],
    [
      "lines with carriage returns and blank lines",
      `\n${lines(message("a", 1), message("a", 2)).replaceAll("\n", "\r\n")}\r\n`,
      { a: 2 },
    ],
    ["Singer lines, as target | tee writes them", '{"bookmarks":{"a":1}}\n{"bookmarks":{"a":2}}\n', { a: 2 }],
    ["lines of which the last resets a stream", lines(message("a", 1), message("a", null)), {}],
    ["lines without a newline at the end", lines(message("a", 1), message("a", 2)).trimEnd(), { a: 2 }],
  ])("may hold %s", (_what, text, expected) => {
    const saved = parseState(text);
    expect(Object.fromEntries(saved.streams)).toEqual(expected);
    expect(saved.warnings).toEqual([]);
  });

  test("may hold log, trace and control lines, of which each kind is warned of once", () => {
    const text = lines(
      LOG,
      message("a", 1),
      LOG,
      { type: "TRACE", trace: {} },
      { type: "CONTROL", control: {} },
      message("a", 2),
    );
    expect(streams(text)).toEqual({ a: 2 });
    expect(parseState(text).warnings).toEqual([
      expect.stringContaining("LOG"),
      expect.stringContaining("TRACE"),
      expect.stringContaining("CONTROL"),
    ]);
  });

  test("may end inside a line, as a killed run leaves it: the state before it is used, with a warning", () => {
    const text = lines(message("a", 1)) + JSON.stringify(message("a", 2)).slice(0, -10);
    expect(streams(text)).toEqual({ a: 1 });
    expect(parseState(text).warnings).toEqual([expect.stringContaining("unfinished")]);
  });

  test("keeps what a state holds as it is", () => {
    const value = { deep: [{ null: null, big: 9007199254740991 }], "": "" };
    expect(streams(JSON.stringify(message("a", value)))).toEqual({ a: value });
  });
});

describe("a file that is no state", () => {
  test.each<[string, string, string?]>([
    ["null", "null"],
    ["a number", "7"],
    ["a text", '"SECRET"'],
    ["text that is not JSON", "SECRET"],
    ["JSON that was cut off", '[{"type":"STREAM","SECRET":'],
    ["an object of somebody's own, such as a legacy state", '{"contacts": {"SECRET": 1}}'],
    ["a legacy state message", '{"type":"STATE","state":{"data":{"SECRET":1}}}'],
    ["a list with something else in it", JSON.stringify([stream("a", 1), "SECRET"]), "item 2"],
    ["a list with a list in it", JSON.stringify([[stream("a", 1)]]), "item 1"],
    ["a record", JSON.stringify({ type: "RECORD", record: { stream: "a", data: "SECRET" } })],
    [
      "the lines of a source, which no destination has confirmed",
      lines(message("a", 1), { type: "RECORD", record: { stream: "a", data: "SECRET" } }),
      "line 2",
    ],
    ["a configuration", '{"api_key": "SECRET"}'],
    ["a stream without a descriptor", '{"stream": {"stream_state": "SECRET"}}'],
    ["a stream without a name", '{"stream": {"stream_descriptor": {}, "stream_state": "SECRET"}}'],
    ["a global state with something else in it", '{"global": {"stream_states": ["SECRET"]}}'],
    [
      "a broken line before the last",
      `${JSON.stringify(message("a", 1))}\n{"SECRET":\n${JSON.stringify(message("a", 2))}\n`,
      "line 2",
    ],
    ["a broken last line that is complete", `${JSON.stringify(message("a", 1))}\n{"SECRET":\n`, "line 2"],
    ["a state message without a state", '{"type":"STATE","SECRET":1}'],
  ])("is refused and not taken for a first run: %s", (_what, text, place) => {
    const parsing = () => parseState(text);
    expect(parsing).toThrow(InvalidState);
    expect(parsing).toThrow(/a state is/);
    expect(parsing).toThrow(/^(?!.*SECRET)/);
    if (place) expect(parsing).toThrow(place);
  });
});

test("a line that one run could not finish and the next run appended to still tells the newer state", () => {
  const line = (n: number) =>
    JSON.stringify({
      type: "STATE",
      state: { stream: { stream_descriptor: { name: "a" }, stream_state: { n } } },
    });
  const text = `${line(1)}\n${line(2).slice(0, 40)}${line(3)}\n`;
  expect(parseState(text).streams.get("a")).toEqual({ n: 3 });
});

test("a first run that was killed within its first line is a first run again, with a warning", () => {
  const { streams, warnings } = parseState('{"type":"STATE","state":{"stream":{"stream_desc');
  expect([streams.size, warnings.length]).toEqual([0, 1]);
});
