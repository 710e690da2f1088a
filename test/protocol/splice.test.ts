import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { members, withMember } from "../../protocol/splice.js";

const list = (text: string, from = 0) =>
  [...members(text, from)].map(({ name, start, end }) => [name, text.slice(start, end)]);

describe("finding members without parsing them", () => {
  test.each<[string, string, [string, string][]]>([
    ["an empty object", "{}", []],
    ["an empty object with space", " { \n} ", []],
    ["a list", "[1,2]", []],
    ["a number", "7", []],
    ["nothing", "", []],
    [
      "scalars",
      '{"a":1,"b":true,"c":null,"d":-1.5e-7}',
      [
        ["a", "1"],
        ["b", "true"],
        ["c", "null"],
        ["d", "-1.5e-7"],
      ],
    ],
    [
      "space in every place where JSON allows it",
      '\t{ "a" : 1 , "b" :\r\n"x" , "c" : [ ] }',
      [
        ["a", "1"],
        ["b", '"x"'],
        ["c", "[ ]"],
      ],
    ],
    [
      "nested values, each as one",
      '{"a":{"b":{"c":[1,{"d":2}]}},"e":[[],[{}]]}',
      [
        ["a", '{"b":{"c":[1,{"d":2}]}}'],
        ["e", "[[],[{}]]"],
      ],
    ],
    [
      "texts that hold the syntax",
      '{"a":"},{\\"","b":"\\\\","c":["]\\"","}"]}',
      [
        ["a", '"},{\\""'],
        ["b", '"\\\\"'],
        ["c", '["]\\"","}"]'],
      ],
    ],
    [
      "names with escapes, unescaped",
      '{"\\"}":1,"\\u0061":2,"":3}',
      [
        ['"}', "1"],
        ["a", "2"],
        ["", "3"],
      ],
    ],
    [
      "a name twice, in order",
      '{"a":1,"a":2}',
      [
        ["a", "1"],
        ["a", "2"],
      ],
    ],
  ])("reads %s", (_what, text, expected) => {
    expect(list(text)).toEqual(expected);
  });

  test("begins where it is told to", () => {
    expect(list('{"a":{"b":1}}', 5)).toEqual([["b", "1"]]);
  });

  test("agrees with a parser on every object", () => {
    const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ stringUnit: "binary" }));
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const found = list(text).map(([name, json]) => [name, JSON.parse(json as string)]);
        expect(found).toEqual(Object.entries(JSON.parse(text)));
      }),
      { seed: 4 },
    );
  });
});

describe("setting a member", () => {
  test.each([
    ["adds it to an empty object", "{}", '{"x":9}'],
    ["adds it at the end", '{"a":1}', '{"a":1,"x":9}'],
    ["replaces it in place", '{"x":{"y":1},"a":1}', '{"x":9,"a":1}'],
    ["replaces the one of two that counts", '{"x":1,"x":2}', '{"x":1,"x":9}'],
    ["leaves space alone", ' { "a" : 1 } \r', ' { "a" : 1 ,"x":9} \r'],
  ])("%s", (_what, text, expected) => {
    expect(withMember(text, "x", "9")).toBe(expected);
  });

  test("escapes the name", () => {
    expect(withMember("{}", 'a"b', "1")).toBe('{"a\\"b":1}');
  });
});
