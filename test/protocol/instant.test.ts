import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareInstants, instantToMs, parseInstant } from "../../protocol/instant.js";

const NOON = Date.UTC(2026, 0, 31, 12) / 1000;

describe("reading a timestamp", () => {
  test.each<[string, string, { seconds: number; nanos: number }]>([
    ["in UTC", "2026-01-31T12:00:00Z", { seconds: NOON, nanos: 0 }],
    ["in lower case", "2026-01-31t12:00:00z", { seconds: NOON, nanos: 0 }],
    ["with a space, as databases write it", "2026-01-31 12:00:00", { seconds: NOON, nanos: 0 }],
    ["without an offset, as UTC wherever the machine is", "2026-01-31T12:00:00", { seconds: NOON, nanos: 0 }],
    ["without seconds", "2026-01-31T12:00Z", { seconds: NOON, nanos: 0 }],
    ["without a time", "2026-01-31", { seconds: NOON - 43_200, nanos: 0 }],
    ["with an offset", "2026-01-31T14:30:00+02:30", { seconds: NOON, nanos: 0 }],
    ["with an offset without a colon", "2026-01-31T10:00:00-0200", { seconds: NOON, nanos: 0 }],
    ["in milliseconds", "2026-01-31T12:00:00.120Z", { seconds: NOON, nanos: 120_000_000 }],
    ["in nanoseconds", "2026-01-31T12:00:00.123456789Z", { seconds: NOON, nanos: 123_456_789 }],
    ["finer than that, cut off", "2026-01-31T12:00:00.1234567899Z", { seconds: NOON, nanos: 123_456_789 }],
    ["with a comma", "2026-01-31T12:00:00,5Z", { seconds: NOON, nanos: 500_000_000 }],
    ["with space around it", " 2026-01-31T12:00:00Z\n", { seconds: NOON, nanos: 0 }],
    ["before 1970", "1969-12-31T23:59:59.25Z", { seconds: -1, nanos: 250_000_000 }],
    ["on a leap day", "2024-02-29", { seconds: Date.UTC(2024, 1, 29) / 1000, nanos: 0 }],
    ["at the end of a day", "2026-01-30T24:00:00Z", { seconds: NOON - 43_200, nanos: 0 }],
  ])("works %s", (_what, text, expected) => {
    expect(parseInstant(text)).toEqual(expected);
  });

  test.each([
    "",
    "soon",
    "1769860800",
    "01/31/2026",
    "31.01.2026",
    "2026-1-31",
    "2026-01",
    "20260131",
    "Sat, 31 Jan 2026 12:00:00 GMT",
    "2026-13-01",
    "2026-00-01",
    "2026-01-00",
    "2026-01-32",
    "2026-02-30",
    "2026-04-31T12:00:00Z",
    "2025-02-29T12:00:00Z",
    "2026-01-31T25:00:00Z",
    "2026-01-31T12:60:00Z",
    "2026-01-31T12:00:00 Europe/Berlin",
    "2026-01-31T12:00:00.Z",
    "2026-01-31T12",
    "2026-01-31T12:00:00Zx",
  ])("does not guess at %j", (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test.each([[undefined], [null], [1769860800], [{}], [["2026-01-31"]], [true]])(
    "takes %j for no time",
    (value) => {
      expect(parseInstant(value)).toBeUndefined();
    },
  );
});

const moment = fc.record({
  ms: fc
    .date({
      min: new Date("0001-01-02T00:00:00Z"),
      max: new Date("9999-12-30T00:00:00Z"),
      noInvalidDate: true,
    })
    .map((date) => Math.floor(date.getTime() / 1000) * 1000),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
  offsetMinutes: fc.integer({ min: -14 * 60, max: 14 * 60 }),
});
type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never;

/** The moment as a clock at that offset shows it. */
function write({ ms, nanos, offsetMinutes }: Moment): string {
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(value).padStart(2, "0");
  const offset = Math.abs(offsetMinutes);
  const sign = offsetMinutes < 0 ? "-" : "+";
  return `${local}.${String(nanos).padStart(9, "0")}${sign}${two(Math.floor(offset / 60))}:${two(offset % 60)}`;
}

const asNanos = ({ ms, nanos }: Moment) => BigInt(ms) * 1_000_000n + BigInt(nanos);

describe("moments", () => {
  test("are the same however their offset is written", () => {
    fc.assert(
      fc.property(moment, (value) => {
        expect(parseInstant(write(value))).toEqual({ seconds: value.ms / 1000, nanos: value.nanos });
      }),
      { seed: 5 },
    );
  });

  test("compare to the nanosecond, in every year", () => {
    const near = moment.chain((value) =>
      fc.tuple(
        fc.constant(value),
        fc.oneof(
          moment,
          fc.record({
            ms: fc.constant(value.ms),
            nanos: fc.integer({ min: 0, max: 999_999_999 }),
            offsetMinutes: fc.constant(0),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(near, ([a, b]) => {
        const [first, second] = [parseInstant(write(a)), parseInstant(write(b))];
        const difference = asNanos(a) - asNanos(b);
        const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0;
        expect(Math.sign(compareInstants(first!, second!))).toBe(expected);
      }),
      { seed: 6 },
    );
  });

  test("are cut to whole milliseconds, towards the past", () => {
    fc.assert(
      fc.property(moment, (value) => {
        expect(instantToMs(parseInstant(write(value))!)).toBe(value.ms + Math.floor(value.nanos / 1e6));
      }),
      { seed: 7 },
    );
  });
});
