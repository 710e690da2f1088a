import { describe, expect, test } from "vitest";
import { coerce } from "../../../../destination-iterable/mapping/coercion.js";
import { isTimeZone, timeZoneOf, UTC } from "../../../../destination-iterable/mapping/dates/time-zone.js";
import { mapOne, optionsFor } from "../sitting.js";

describe("a time zone", () => {
  test.each([
    ["Europe/Berlin", "2026-01-15 12:00:00", "+01:00"],
    ["Europe/Berlin", "2026-07-15 12:00:00", "+02:00"],
    ["America/New_York", "2026-07-15 12:00:00", "-04:00"],
    ["Asia/Kolkata", "2026-07-15 12:00:00", "+05:30"],
    ["Pacific/Apia", "2011-12-29 12:00:00", "-10:00"],
    ["UTC", "2026-07-15 12:00:00", "+00:00"],
    // Clocks in Berlin go from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October.
    ["Europe/Berlin", "2026-03-29 01:59:59", "+01:00"],
    ["Europe/Berlin", "2026-03-29 02:30:00", "+01:00"],
    ["Europe/Berlin", "2026-03-29 03:00:00", "+02:00"],
    ["Europe/Berlin", "2026-10-25 02:30:00", "+02:00"],
    ["Europe/Berlin", "2026-10-25 03:00:00", "+01:00"],
  ])("%s at %s is %s", (name, local, offset) => {
    expect(timeZoneOf(name).offsetAt(local)).toBe(offset);
  });

  test("has a name that is known", () => {
    expect(isTimeZone("Europe/Berlin")).toBe(true);
    expect(["Berlin", "", "+02:00x", "a".repeat(10_000)].filter(isTimeZone)).toEqual([]);
  });
});

describe("a time", () => {
  const berlin = timeZoneOf("Europe/Berlin");
  test.each([
    ["without an offset", "2026-07-15 12:00:00", "2026-07-15 12:00:00 +02:00"],
    ["without an offset, with a T", "2026-07-15T12:00", "2026-07-15 12:00:00 +02:00"],
    ["with a fraction", "2026-07-15T12:00:01.250", "2026-07-15 12:00:01 +02:00"],
    ["in UTC", "2026-07-15T12:00:00Z", "2026-07-15 12:00:00 +00:00"],
    ["with an offset", "2026-07-15 12:00:00 -05:00", "2026-07-15 12:00:00 -05:00"],
    ["that is a day", "2026-07-15", "2026-07-15"],
  ])("%s", (_what, given, expected) => {
    expect(coerce(given, "date", berlin)).toEqual({ ok: true, value: expected });
    expect(coerce([given], "date", berlin)).toEqual({ ok: true, value: [expected] });
  });

  test("without an offset is in UTC unless something else is said", () => {
    expect(coerce("2026-07-15T12:00", "date", UTC)).toEqual({
      ok: true,
      value: "2026-07-15 12:00:00 +00:00",
    });
  });

  test("in a date format is read in the zone, too", () => {
    const entry = { source: "at", target: "at", transform: ["date"], date_format: "DD.MM.YYYY HH:mm" };
    const options = optionsFor({ at: "date" }, [entry], { zone: berlin });
    expect(mapOne({ email: "ann@example.com", at: "15.07.2026 12:00" }, options)).toMatchObject({
      fields: { at: "2026-07-15 12:00:00 +02:00" },
    });
  });
});

describe("a year of two digits", () => {
  const read = (target: string, given: string) => {
    const entry = { source: "day", target, transform: ["date"], date_format: "DD.MM.YY" };
    const mapped = mapOne(
      { email: "ann@example.com", day: given },
      optionsFor({ [target]: "date" }, [entry]),
    );
    return mapped.verdict === "send" ? mapped.fields[target] : undefined;
  };
  test.each(["birthday", "dateOfBirth", "dob", "geburtsdatum", "生年月日"])(
    "of %s is over (today is 2026-11-25)",
    (target) => {
      expect(read(target, "05.11.45")).toBe("1945-11-05");
      expect(read(target, "25.11.26")).toBe("2026-11-25");
      expect(read(target, "26.11.26")).toBe("1926-11-26");
      expect(read(target, "01.01.00")).toBe("2000-01-01");
    },
  );

  test("of any other day is at most 20 years ahead", () => {
    expect(read("appointment", "05.11.27")).toBe("2027-11-05");
    expect(read("appointment", "25.11.46")).toBe("2046-11-25");
    expect(read("appointment", "26.11.46")).toBe("1946-11-26");
  });
});
