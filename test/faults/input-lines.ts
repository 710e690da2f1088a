import fc from "fast-check";

/** What one line of input must come to. */
export type Effect =
  | { readonly kind: "delivered"; readonly email: string }
  | { readonly kind: "rejected" }
  | { readonly kind: "state" }
  /** Passed over, by definition. */
  | { readonly kind: "nothing" }
  /** Ends the run, with the line's number. */
  | { readonly kind: "fatal" };

export interface InputLine {
  readonly bytes: Buffer;
  readonly effect: Effect;
}

/** Stands in every line that is hostile, and must never be quoted. */
export const SECRET = "s3cr3t-content";

const text = (content: string, effect: Effect): InputLine => ({ bytes: Buffer.from(content), effect });
const record = (data: string, stream = '"contacts"') =>
  `{"type":"RECORD","record":{"stream":${stream},"data":${data},"emitted_at":1}}`;

/** A sound record that carries something odd; `number` makes its contact another than all others. */
const sound = (number: number, more = ""): InputLine => {
  const email = `person${number}@example.com`;
  return text(record(`{"email":"${email}","name":"P ${number}"${more}}`), { kind: "delivered", email });
};

const ODD = [
  ',"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1',
  ',"big":9007199254740993123,"exponent":1e400,"zero":-0',
  `,"deep":${"[".repeat(3000)}${"]".repeat(3000)}`,
  `,"deep":${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
  ',"email ":"x","":"empty name","a.b":{"c.d":null}',
  ',"text":"\\u0000\\ud800 \\u2028"',
  `,"wide":{${Array.from({ length: 300 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
  ',"name":null,"phone":null',
  ',"name":{"first":"an object"},"phone":["a list"]',
  ',"lastConvertedAt":"not a time"',
];
const REJECTED = [
  record("{}"),
  record('{"email":null,"name":"nobody"}'),
  record(`{"email":"two@@example.com ${SECRET}"}`),
  record('{"email":{"an":"object"}}'),
  record('{"email":["a@example.com"]}'),
  record('"a text instead of an object"'),
  record("null"),
  record("[1,2]"),
];
const NOTHING = [
  "",
  "   \t ",
  '{"type":"LOG","log":{"level":"INFO","message":"hello"}}',
  '{"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":1}}',
  `{"type":"SOMETHING_NEW","content":"${SECRET}"}`,
  '{"type":"CONTROL","control":{}}',
];
const FATAL = [
  `{"type":"RECORD","record":{"stream":"contacts","data":{"email":"${SECRET}`,
  `${SECRET}`,
  `"${SECRET}"`,
  "[]",
  "42",
  "null",
  `{"no":"${SECRET}"}`,
  `{"type":7,"x":"${SECRET}"}`,
  record(`{"email":"${SECRET}@example.com"}`, '"elsewhere"'),
  record(`{"email":"${SECRET}@example.com"}`, "null"),
  `{"type":"RECORD","record":"${SECRET}"}`,
  '{"type":"STATE","state":"text"}',
  '{"type":"STATE","state":{"type":"STREAM","stream":{}}}',
  `{"type":"RECORD","record":{"stream":"contacts","data":{"email":"${SECRET}@example.com"},"emitted_at":1}}}`,
  '{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"status":"NONE"}}}',
];

type Draw = { readonly number: number; readonly which: number };
const kinds: readonly ((draw: Draw) => InputLine)[] = [
  ({ number }) => sound(number),
  ({ number }) => sound(number),
  ({ number, which }) => sound(number, ODD[which % ODD.length]),
  ({ which }) => text(REJECTED[which % REJECTED.length] as string, { kind: "rejected" }),
  ({ number }) =>
    text(
      `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"contacts"},"stream_state":{"n":${number}}}}}`,
      { kind: "state" },
    ),
  ({ which }) => text(NOTHING[which % NOTHING.length] as string, { kind: "nothing" }),
];
const fatal = ({ which }: Draw): InputLine =>
  which % (FATAL.length + 1) === FATAL.length
    ? { bytes: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), effect: { kind: "fatal" } }
    : text(FATAL[which % FATAL.length] as string, { kind: "fatal" });

const draw = fc.record({ kind: fc.nat(kinds.length - 1), which: fc.nat(1000) });

export interface GeneratedInput {
  readonly lines: readonly InputLine[];
  readonly bytes: Buffer;
  /** Where the bytes are cut into chunks. */
  readonly cuts: readonly number[];
}

/** Input of any kind: sound and odd lines, perhaps one that cannot be read, any line ends, cut anywhere. */
export const generatedInput: fc.Arbitrary<GeneratedInput> = fc
  .record({
    draws: fc.array(draw, { maxLength: 14 }),
    bad: fc.option(fc.record({ at: fc.nat(14), which: fc.nat(1000) }), { freq: 3 }),
    end: fc.constantFrom("\n", "\r\n"),
    mark: fc.boolean(),
    isTerminated: fc.boolean(),
    cuts: fc.array(fc.nat(5000), { maxLength: 6 }),
  })
  .map(({ draws, bad, end, mark, isTerminated, cuts }) => {
    const lines = draws.map(({ kind, which }, number) =>
      (kinds[kind] as (draw: Draw) => InputLine)({ number, which }),
    );
    if (bad) lines.splice(bad.at, 0, fatal({ number: 0, which: bad.which }));
    const parts = lines.flatMap(({ bytes }) => [bytes, Buffer.from(end)]);
    if (!isTerminated) parts.pop();
    const head = mark && lines.length > 0 ? [Buffer.from([0xef, 0xbb, 0xbf])] : [];
    return { lines, bytes: Buffer.concat([...head, ...parts]), cuts };
  });

/** The bytes in pieces. */
export function chunksOf({ bytes, cuts }: GeneratedInput): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length]
    .map((end, index) => bytes.subarray(places[index - 1] ?? 0, end))
    .filter(({ length }) => length > 0);
}
