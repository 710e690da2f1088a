import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidLine, type Line, readLines } from "../../protocol/lines.js";

async function* chunksOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* chunks;
}

/** What was read, and what ended the reading. */
async function read(chunks: (string | Uint8Array)[], maxBytes?: number) {
  const lines: Line[] = [];
  try {
    for await (const some of readLines(chunksOf(...chunks), maxBytes)) lines.push(...some);
    return { lines, error: undefined };
  } catch (error) {
    return { lines, error };
  }
}

const texts = async (...chunks: (string | Uint8Array)[]) =>
  (await read(chunks)).lines.map(({ text }) => text);

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const edges = [...new Set([0, ...places.map((place) => place % (bytes.length + 1)), bytes.length])];
  edges.sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.slice(edges[index], edge));
}

describe("reading lines", () => {
  test("gives the same lines wherever the chunks are cut, even inside a character of several bytes", async () => {
    const line = fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replace(/[\r\n]/g, ""));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat()), fc.boolean(), async (lines, places, ends) => {
        const bytes = Buffer.from(lines.join("\n") + (ends ? "\n" : ""));
        const { lines: whole } = await read([bytes]);
        const { lines: pieces } = await read(cut(bytes, places));
        expect(pieces).toEqual(whole);
        const expected = lines.map((text, index) => (index === 0 ? text.replace(/^\uFEFF/, "") : text));
        expect(whole.map(({ text }) => text)).toEqual(expected.filter((text) => text.trim() !== ""));
      }),
      { seed: 1 },
    );
  });

  test("cuts an emoji in every place and still reads it", async () => {
    const bytes = Buffer.from('{"name":"🦊"}\n');
    for (let place = 1; place < bytes.length; place += 1) {
      expect(await texts(bytes.subarray(0, place), bytes.subarray(place))).toEqual(['{"name":"🦊"}']);
    }
  });

  test.each([
    ["a byte order mark at the beginning", "\uFEFFone\ntwo\n", ["one", "two"]],
    ["a byte order mark before an empty line", "\uFEFF\none\n", ["one"]],
    ["carriage returns, as Windows writes them", "one\r\ntwo\r\n", ["one", "two"]],
    ["a carriage return at the very end", "one\r", ["one"]],
    ["blank lines", "\n\none\n  \t\n\ntwo\n\n", ["one", "two"]],
    ["a line of nothing but carriage returns", "\r\none\n", ["one"]],
    ["nothing at all", "", []],
    ["newlines alone", "\n\n\n", []],
  ])("passes over %s", async (_what, input, expected) => {
    expect(await texts(input)).toEqual(expected);
  });

  test("keeps a carriage return inside a line, and white space around it", async () => {
    expect(await texts(" a\rb \n")).toEqual([" a\rb "]);
  });

  test("keeps a byte order mark that is not at the beginning", async () => {
    expect(await texts("one\n\uFEFFtwo\n")).toEqual(["one", "\uFEFFtwo"]);
  });

  test("counts blank lines, so that a number is the one that an editor shows", async () => {
    const { lines } = await read(["\n\none\n\r\n", "two"]);
    expect(lines).toEqual([
      { number: 3, text: "one", terminated: true },
      { number: 5, text: "two", terminated: false },
    ]);
  });

  test("says of a last line without a newline that it may be cut off", async () => {
    const { lines } = await read(['{"a":1}\n{"a":']);
    expect(lines.at(-1)).toEqual({ number: 2, text: '{"a":', terminated: false });
  });

  test("takes chunks that are views into a larger buffer", async () => {
    expect(await texts(new Uint8Array(Buffer.from("xxone\ntwo\nxx")).subarray(2, 10))).toEqual([
      "one",
      "two",
    ]);
  });

  test("reads no further than its consumer has taken", async () => {
    let pulled = 0;
    async function* endless() {
      for (;;) {
        pulled += 1;
        yield "line\n";
      }
    }
    const lines = readLines(endless());
    await lines.next();
    await lines.next();
    expect(pulled).toBe(2);
    await lines.return(undefined);
  });
});

describe("input that is not lines of text", () => {
  test("names the line that is not UTF-8, and not its content", async () => {
    const { error } = await read(["one\n\n", Buffer.from([0x73, 0x65, 0x63, 0xff, 0x0a])]);
    expect(error).toBeInstanceOf(InvalidLine);
    expect(error).toMatchObject({ line: 3, message: expect.stringMatching(/^line 3 is not valid UTF-8/) });
    expect(String(error)).not.toContain("sec");
  });

  test("refuses a character that the end of the input cuts off", async () => {
    const { error } = await read([Buffer.from("é").subarray(0, 1)]);
    expect(error).toMatchObject({ line: 1 });
  });

  test("hands over the lines before a broken one, wherever the chunks are cut", async () => {
    const bytes = Buffer.concat([
      Buffer.from("one\ntwo\n"),
      Buffer.from([0xff, 0x0a]),
      Buffer.from("four\n"),
    ]);
    for (let place = 0; place <= bytes.length; place += 1) {
      const { lines, error } = await read([bytes.subarray(0, place), bytes.subarray(place)]);
      expect(lines.map(({ text }) => text)).toEqual(["one", "two"]);
      expect(error).toMatchObject({ line: 3 });
    }
  });

  test.each([
    ["as long as allowed", `${"x".repeat(2048)}\n`, undefined],
    [
      "as long as allowed, after a byte order mark and before a carriage return",
      `\uFEFF${"x".repeat(2048)}\r\n`,
      undefined,
    ],
    ["longer by one byte", `one\n${"x".repeat(2049)}\n`, 2],
    ["longer, and never ended", "x".repeat(2049), 1],
  ])("with a limit of 2048 bytes, judges a line %s", async (_what, input, refused) => {
    const { error } = await read([input], 2048);
    if (refused === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ line: refused, message: expect.stringContaining("is longer than") });
  });

  test("gives up on an endless line as soon as it is too long, without holding all of it", async () => {
    let pulled = 0;
    async function* endless() {
      for (;;) {
        pulled += 1;
        yield "x".repeat(1000);
      }
    }
    const reading = readLines(endless(), 10_000).next();
    await expect(reading).rejects.toThrow(/^line 1 is longer/);
    expect(pulled).toBeLessThan(13);
  });

  test("passes on the failure of the input itself", async () => {
    async function* broken() {
      yield "one\n";
      throw new Error("the disk is gone");
    }
    const seen: string[] = [];
    const reading = async () => {
      for await (const lines of readLines(broken())) seen.push(...lines.map(({ text }) => text));
    };
    await expect(reading()).rejects.toThrow("the disk is gone");
    expect(seen).toEqual(["one"]);
  });
});
