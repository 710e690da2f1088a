import { describe, expect, it } from "vitest";
import { MARRED } from "../../../source-flowcode/flowcode/marred.js";
import {
  MalformedPage,
  readPage,
  UNREADABLE_ROW,
  WHOLE_PAGE_BYTES,
} from "../../../source-flowcode/flowcode/page.js";

/** The bytes of a text, cut into pieces. */
async function* bytes(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const all = typeof text === "string" ? Buffer.from(text) : text;
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function parse(text: string | Uint8Array, wholeBytes: number, size?: number) {
  const page = await readPage(bytes(text, size), ["conversions"], wholeBytes);
  if (page.kind === "whole") return { kind: page.kind, rows: [...page.rows], info: page.info };
  const rows: unknown[] = [];
  for (;;) {
    const next = await page.rows.next();
    if (next.done) return { kind: page.kind, rows, info: next.value };
    rows.push(...next.value);
  }
}

const WAYS = [
  ["whole", 1_000_000],
  ["streamed", 0],
] as const;

describe.each(WAYS)("a page that is read %s", (kind, wholeBytes) => {
  it.each<[string, string, number, unknown, unknown]>([
    [
      "rows before the info",
      '{"conversions":[{"user":{"email":"a"}},{}],"pageInfo":{"endCursor":"c","hasNextPage":true}}',
      2,
      "c",
      true,
    ],
    [
      "rows behind the info",
      '{"pageInfo":{"endCursor":"c","hasNextPage":false}, "conversions": [ {"n":1.5e3} ] } \n',
      1,
      "c",
      false,
    ],
    ["nothing but defaults", "{}", 0, undefined, undefined],
    ["an empty cursor", '{"conversions":[],"pageInfo":{"endCursor":""}}', 0, undefined, undefined],
    ["nulls", '{"conversions":null,"pageInfo":null}', 0, undefined, undefined],
    [
      "rows with a list of that name",
      '{"conversions":[{"conversions":[{"a":1},2]}],"x":{"conversions":[3]}}',
      1,
      undefined,
      undefined,
    ],
  ])("holds %s", async (_name, text, rows, endCursor, hasNextPage) => {
    const page = await parse(text, wholeBytes);
    expect(page.kind).toBe(kind);
    expect(page.rows).toEqual(JSON.parse(text).conversions ?? []);
    expect(page.rows).toHaveLength(rows);
    expect(page.info).toEqual({ endCursor, hasNextPage });
  });

  it("holds text of every script, wherever its bytes are cut", async () => {
    const row = { user: { name: "Zoë 李小龙 🎉 \u2028", ключ: 'a"b\\c\n' } };
    for (const size of [1, 2, 3, 5, 1000]) {
      expect((await parse(JSON.stringify({ conversions: [row] }), wholeBytes, size)).rows).toEqual([row]);
    }
  });

  it("keeps a field that is called __proto__ a field", async () => {
    const { rows } = await parse('{"conversions":[{"user":{"__proto__":{"x":1}}}]}', wholeBytes);
    const { user } = rows[0] as { user: object };
    expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
    expect(Object.keys(user)).toEqual(["__proto__"]);
  });

  it.each(Array.from({ length: 40 }, (_, before) => before))(
    "finds a long number wherever it stands: behind %i more characters",
    async (before) => {
      const text = `{"conversions":[{"a":"${"x".repeat(before)}","n":9007199254740993}]}`;
      expect((await parse(text, wholeBytes)).rows).toMatchObject([{ n: "9007199254740993" }]);
    },
  );

  it.each([
    ['{"page_info":{"end_cursor":"c","has_next_page":true}}', "c"],
    ['{"pageInfo":{"endCursor":7,"hasNextPage":true}}', "7"],
  ])("reads the place of the next page in %s", async (text, endCursor) => {
    expect((await parse(text, wholeBytes)).info).toEqual({ endCursor, hasNextPage: true });
  });

  it("tells a row that is no object from the others", async () => {
    const { rows } = await parse('{"conversions":[null,{"a":1},7,{},["x"]]}', wholeBytes);
    expect(rows.map((row) => row === UNREADABLE_ROW)).toEqual([true, false, true, false, true]);
  });

  it("keeps the digits of whole numbers beyond 2^53", async () => {
    const digits = "12345678901234567890";
    const { rows } = await parse(
      `{"conversions":[{"id":${digits},"n":-9007199254740993,"m":42,"t":"${digits}"}]}`,
      wholeBytes,
    );
    expect(rows).toEqual([{ id: digits, n: "-9007199254740993", m: 42, t: digits }]);
  });

  it.each<[string, string | Uint8Array]>([
    ["nothing at all", ""],
    ["HTML", "<html><body>Log in, person@example.com</body></html>"],
    ["half an answer", '{"conversions":[{"user":{"email":"person@example.com"}},{"us'],
    ["an answer without its end", '{"conversions":[{"user":{}}]'],
    ["an answer with something behind it", '{"conversions":[]} x'],
    ["a list", '[{"conversions":[]}]'],
    ["null", "null"],
    ["an error", '{"code":"internal","message":"person@example.com"}'],
    ["rows that are no list", '{"conversions":{"a":1}}'],
    ["an info that is no object", '{"pageInfo":"c"}'],
    ["a cursor that is no text", '{"pageInfo":{"endCursor":["c"]}}'],
  ])("is refused as %s, without being quoted", async (_name, text) => {
    const failure = await parse(text, wholeBytes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MalformedPage);
    expect((failure as Error).message).not.toContain("person");
  });
});

describe("bytes that are not UTF-8", () => {
  const withFaults = (text: string) =>
    Buffer.concat(
      text
        .split("?")
        .flatMap((part, index) => [...(index > 0 ? [Buffer.from([0xff])] : []), Buffer.from(part)]),
    );
  const marred = (row: object) => ({ ...row, [MARRED]: true });

  it.each([
    ["held", WHOLE_PAGE_BYTES],
    ["parsed while it arrives", 0],
  ])("cost the value, or the name, that holds them, in a page that is %s", async (_how, wholeBytes) => {
    const body = withFaults(
      '{"conversions":[{"a":"x?","b":{"c":["?","y"],"?":1,"d":"�"}},{"a":"Zoë"},"?",{"a":1}],"pageInfo":{"endCursor":"c"}}',
    );
    const { rows, info } = await parse(body, wholeBytes);
    expect(rows).toEqual([marred({ b: { c: ["y"] } }), { a: "Zoë" }, UNREADABLE_ROW, { a: 1 }]);
    expect(info.endCursor).toBe("c");
  });

  it.each([0, WHOLE_PAGE_BYTES])(
    "are told from a mark that stands for them and was sent (%s)",
    async (wholeBytes) => {
      const body = Buffer.from('{"conversions":[{"a":"�"},{"a":"Zoë"}]}');
      expect((await parse(body, wholeBytes)).rows).toEqual([{ a: "�" }, { a: "Zoë" }]);
    },
  );
});

it("a row that never ends is no row, before it has filled the memory", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('{"conversions":[{"user":{},"text":"');
    const piece = Buffer.from("x".repeat(1_000_000));
    for (let count = 0; count < 200; count += 1) yield piece;
  }
  const page = await readPage(endless(), ["conversions"], 0);
  const reading = async () => {
    if (page.kind === "streamed") for await (const rows of page.rows) expect(rows).toEqual([]);
  };
  await expect(reading()).rejects.toThrow("a row that is longer than any contact");
});
