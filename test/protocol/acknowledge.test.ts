import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { airbyte } from "../../protocol/airbyte.js";

const COUNTS = { settled: 7, rejected: 2 };
const STATS = '"destinationStats":{"recordCount":7,"rejectedRecordCount":2}';
const acknowledge = (line: string) => airbyte.acknowledge(line, COUNTS) as string;

describe("acknowledging a state", () => {
  test.each<[string, string, string]>([
    [
      "the id that the platform put beside the state",
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{}},"id":4}}',
      `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{}},"id":4,${STATS}}}`,
    ],
    [
      "integers beyond 2^53",
      '{"type":"STATE","state":{"stream":{"stream_state":{"c":12345678901234567890}}}}',
      `{"type":"STATE","state":{"stream":{"stream_state":{"c":12345678901234567890}},${STATS}}}`,
    ],
    [
      "numbers as they were written",
      '{"type":"STATE","state":{"n":[1.0,1E5,-0.0,0.10]}}',
      `{"type":"STATE","state":{"n":[1.0,1E5,-0.0,0.10],${STATS}}}`,
    ],
    [
      "spaces and tabs",
      ' { "type" : "STATE" ,\t"state" : { "id" : 1 } } ',
      ` { "type" : "STATE" ,\t"state" : { "id" : 1 ,${STATS}} } `,
    ],
    [
      "keys of later protocols, on both levels",
      '{"later":{"state":{}},"type":"STATE","state":{"additionalStats":{"x":1}},"end":[]}',
      `{"later":{"state":{}},"type":"STATE","state":{"additionalStats":{"x":1},${STATS}},"end":[]}`,
    ],
    [
      "braces, quotes and backslashes inside texts",
      '{"type":"STATE","state":{"a":"}{\\"]\\\\","b":"\\u007d,\\\\\\"}"},"z":"}}"}',
      `{"type":"STATE","state":{"a":"}{\\"]\\\\","b":"\\u007d,\\\\\\"}",${STATS}},"z":"}}"}`,
    ],
    [
      "characters of every kind",
      '{"type":"STATE","state":{"ключ":"🦊\\ud83e"}}',
      `{"type":"STATE","state":{"ключ":"🦊\\ud83e",${STATS}}}`,
    ],
    ["an empty state", '{"type":"STATE","state":{}}', `{"type":"STATE","state":{${STATS}}}`],
    [
      "an empty state with a space in it",
      '{"type":"STATE","state":{ }}',
      `{"type":"STATE","state":{ ${STATS}}}`,
    ],
    [
      "a state that comes before its type",
      '{"state":{"id":1},"type":"STATE"}',
      `{"state":{"id":1,${STATS}},"type":"STATE"}`,
    ],
  ])("keeps %s, byte for byte", (_what, line, expected) => {
    expect(acknowledge(line)).toBe(expected);
  });

  test.each<[string, string, string]>([
    [
      "the null that PyAirbyte writes",
      '{"state":{"destinationStats":null,"id":1}}',
      `{"state":{${STATS},"id":1}}`,
    ],
    [
      "stats that somebody else left",
      '{"state":{"id":1, "destinationStats" : {"recordCount":1.0,"x":{"y":[]}} }}',
      `{"state":{"id":1, "destinationStats" : ${STATS.slice(STATS.indexOf("{"))} }}`,
    ],
  ])("replaces %s instead of writing the key twice", (_what, line, expected) => {
    expect(acknowledge(line)).toBe(expected);
  });

  test("is not misled by a key of the same name deeper inside, nor by an escaped key", () => {
    const inner = '{"state":{"stream":{"destinationStats":null,"state":{}}}}';
    expect(JSON.parse(acknowledge(inner)).state.stream).toEqual({ destinationStats: null, state: {} });
    const escaped = '{"st\\u0061te":{"id":1}}';
    expect(acknowledge(escaped)).toBe(`{"st\\u0061te":{"id":1,${STATS}}}`);
  });

  test("takes of two members of one name the one that a JSON parser takes", () => {
    const twice = '{"state":{"id":1},"state":{"id":2}}';
    expect(JSON.parse(acknowledge(twice)).state).toMatchObject({
      id: 2,
      destinationStats: { recordCount: 7 },
    });
  });

  // A name that ends with a backslash is left out: V8 of Node 26 (26.10) takes "a\"" for it once it has seen both.
  const name = fc
    .oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("state", "destinationStats", "id", "__proto__", '"', "}", "\\}"),
    )
    .filter((text) => !text.endsWith("\\"));
  const object = fc.dictionary(name, fc.jsonValue({ stringUnit: "binary" }) as fc.Arbitrary<unknown>);
  const loose = (json: string, space: string) =>
    JSON.stringify(JSON.parse(json), null, space).replaceAll("\n", space === "\t" ? "\t" : " ");

  test("gives back any state with its stats and no other change", () => {
    fc.assert(
      fc.property(object, object, fc.constantFrom("", " ", "\t"), (state, others, space) => {
        const { destinationStats, ...without } = state;
        const line = loose(JSON.stringify({ ...others, type: "STATE", state: without }), space);
        const answer = acknowledge(line);
        const original = JSON.parse(line);
        expect(JSON.parse(answer)).toEqual({
          ...original,
          state: { ...original.state, destinationStats: { recordCount: 7, rejectedRecordCount: 2 } },
        });
        const added = answer.length - line.length;
        expect([STATS.length, STATS.length + 1]).toContain(added);
        const at = answer.lastIndexOf(STATS);
        const from = added === STATS.length ? at : at - 1;
        expect(answer.slice(0, from) + answer.slice(at + STATS.length)).toBe(line);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
