import { describe, expect, test } from "vitest";
import { config } from "../../../destination-iterable/config.js";
import type { FieldType } from "../../../destination-iterable/iterable/field-types.js";
import { createMapping } from "../../../destination-iterable/mapping/mapping.js";
import { mappingOptions } from "../../../destination-iterable/stream-settings.js";

const FIELDS = new Map<string, FieldType>([
  ["phoneNumber", "string"],
  ["text", "string"],
  ["day", "date"],
  ["whole", "long"],
  ["real", "double"],
  ["flag", "boolean"],
]);

/** What arrives of an answer; the reason, behind an exclamation mark, where nothing does; "" where there is nothing to send. */
function arrives(answer: unknown, target: string, more: object = {}): unknown {
  const parsed = config.parse({ api_key: "k", field_mapping: [{ source: "answer", target, ...more }] });
  const stream = { name: "contacts", properties: {}, identity: false };
  const mapping = createMapping(mappingOptions(parsed, parsed, stream, FIELDS));
  const mapped = mapping.map({ email: "ann@example.com", answer }, []);
  if (mapped.verdict !== "send") return mapped.verdict;
  const [lost] = mapped.dropped;
  return lost ? `!${lost.reason}` : (mapped.fields[target] ?? "");
}

describe("a number, as people write it", () => {
  test.each([
    ["42", 42],
    [" 42\u00a0", 42],
    ["+42", 42],
    ["-42", -42],
    ["−42", -42],
    ["４２", 42],
    ["٤٢", 42],
    ["४२", 42],
    ["007", 7],
    ["42.0", 42],
    ["42,00", 42],
    ["1 234", 1234],
    ["1\u202f234", 1234],
    ["1'234", 1234],
    ["1’234", 1234],
    ["1,234,567", 1234567],
    ["1.234.567", 1234567],
    ["12,34,567", 1234567],
    ["٤٢٬١٢٣", 42123],
    ["1.000", "!not_an_integer"],
    ["1,000", "!not_an_integer"],
    ["1,234", "!not_an_integer"],
    ["1.234", "!not_an_integer"],
    ["4.2", "!not_an_integer"],
    ["1e3", "!not_an_integer"],
    ["5²", "!not_an_integer"],
    ["①", "!not_an_integer"],
    ["5%", "!not_an_integer"],
    ["about 5", "!not_an_integer"],
    ["1 2345", "!not_an_integer"],
    ["1,234,56", "!not_an_integer"],
    ["12345678901234567890", "!too_large"],
    ["\u200b", ""],
  ])("whole: %o arrives as %o", (answer, expected) => expect(arrives(answer, "whole")).toBe(expected));

  test.each([
    ["3.5", 3.5],
    ["3,5", 3.5],
    ["0,125", 0.125],
    ["1234,567", 1234.567],
    ["1,234.5", 1234.5],
    ["1.234,5", 1234.5],
    ["1 234,5", 1234.5],
    ["1'234.50", 1234.5],
    ["−3,5", -3.5],
    ["３．５", 3.5],
    ["٣٫٥", 3.5],
    ["1,23,456.7", 123456.7],
    [".5", 0.5],
    ["1e3", 1000],
    ["1,234", "!not_a_number"],
    ["1.234,567.8", "!not_a_number"],
    ["1/2", "!not_a_number"],
    ["½", "!not_a_number"],
    ["12,50 €", "!not_a_number"],
    ["NaN", "!not_a_number"],
  ])("with a fraction: %o arrives as %o", (answer, expected) =>
    expect(arrives(answer, "real")).toBe(expected),
  );
});

describe("a yes or a no", () => {
  test.each([
    [
      true,
      "on ON yes Yes y t true TRUE 1 checked ✓ ✔ ✔️ ☑ si sí Sì ja oui sim да ДА так tak evet ναι כן نعم हाँ ใช่ có はい 是 예 네 ｏｎ ＹＥＳ",
    ],
    [
      false,
      "off OFF no No n f false 0 unchecked ☐ ✗ ✘ nein non não nie nej нет ні hayır όχι לא لا नहीं ไม่ใช่ không いいえ 否 아니오 ｏｆｆ",
    ],
    ["!not_a_boolean", "да? yes! maybe x 2 agree N/A yesno"],
  ])("%o", (expected, answers) => {
    for (const answer of answers.split(" "))
      expect([answer, arrives(answer, "flag")]).toEqual([answer, expected]);
    for (const answer of answers.split(" "))
      expect([answer, arrives(`\u200f ${answer}\u200b`, "flag")]).toEqual([answer, expected]);
  });

  test("with its accents in any form", () => expect(arrives("si\u0301", "flag")).toBe(true));
});

describe("a date in its form, as people write it", () => {
  test.each([
    ["DD.MM.YYYY", "5.1.2026", "2026-01-05"],
    ["DD.MM.YYYY", "05. 01. 2026", "2026-01-05"],
    ["DD.MM.YYYY", "05 . 01 . 2026.", "2026-01-05"],
    ["D. M. YYYY", "5.1.2026", "2026-01-05"],
    ["MM/DD/YYYY", "1/5/2026", "2026-01-05"],
    ["DD MM YYYY", "5  1 2026", "2026-01-05"],
    ["DD.MM.YYYY", "３１．０１．２０２６", "2026-01-31"],
    ["DD/MM/YYYY", "٣١/٠١/٢٠٢٦", "2026-01-31"],
    ["DD/MM/YYYY", "\u200f31\u200f/01\u200f/2026", "2026-01-31"],
    ["YYYY年M月D日", "２０２６年１月５日", "2026-01-05"],
    ["YYYY.M.D", "2026. 1. 5.", "2026-01-05"],
    ["YYYYMMDD", "20260105", "2026-01-05"],
    ["DD/MM/YYYY HH:mm", "5/1/2026 9:05", "2026-01-05 09:05:00 +00:00"],
    ["DD.MM.YYYY", "2026-01-31", "2026-01-31"],
    ["DD.MM.YYYY", "31.02.2026", "!not_a_date"],
    ["DD.MM.YYYY", "31/01/2026", "!not_a_date"],
    ["DD.MM.YYYY", "17.05.90", "!not_a_date"],
    ["YYYYMMDD", "2026105", "!not_a_date"],
    ["YYYY/MM/DD", "۱۴۰۵/۰۱/۰۱", "!not_a_date"],
    ["DD/MM/YYYY", "๓๑/๐๑/๒๕๖๙", "!not_a_date"],
  ])("%s: %s arrives as %s", (date_format, answer, expected) =>
    expect(arrives(answer, "day", { transform: ["date"], date_format })).toBe(expected),
  );
});

describe("a phone number of a country", () => {
  test.each([
    ["US", "(415) 555-0123", "+14155550123"],
    ["US", "1-415-555-0123", "+14155550123"],
    ["US", "415‑555‑0123", "+14155550123"],
    ["US", "415.555.0123 x5", "+14155550123"],
    ["US", "tel:415-555-0123", "+14155550123"],
    ["US", "\u202a(415)\u00a0555\u20130123\u202c", "+14155550123"],
    ["US", "415\u200b555\u200b0123", "+14155550123"],
    ["US", "011 49 151 12345678", "+4915112345678"],
    ["DE", "0151/1234 56 78", "+4915112345678"],
    ["DE", "+49 (0)151 12345678", "+4915112345678"],
    ["DE", "0049 151 12345678", "+4915112345678"],
    ["DE", "49 151 12345678", "+4915112345678"],
    ["DE", "030 901820", "+4930901820"],
    ["GB", "44 7911 123456", "+447911123456"],
    ["FR", "06 12 34 56 78", "+33612345678"],
    ["FR", "33 6 12 34 56 78", "+33612345678"],
    ["IT", "06 1234 5678", "+390612345678"],
    ["BR", "(11) 91234-5678", "+5511912345678"],
    ["RU", "8 (912) 345-67-89", "+79123456789"],
    ["JP", "０９０ー１２３４ー５６７８", "+819012345678"],
    ["SA", "٠٥٠ ١٢٣ ٤٥٦٧", "+966501234567"],
    ["IR", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789"],
    ["AR", "011 15-1234-5678", "+5491112345678"],
    ["US", "5550123", "!not_a_phone"],
    ["US", "call me", "!not_a_phone"],
    ["US", "415-555-0123 or 415-555-0124", "!not_a_phone"],
  ])("%s: %s arrives as %s", (phone_country, answer, expected) =>
    expect(arrives(answer, "phoneNumber", { transform: ["phone"], phone_country })).toBe(expected),
  );
});

test.each([
  ["ann o'brien", "Ann O'Brien"],
  ["JEAN-LUC D’ARTAGNAN", "Jean-Luc D’Artagnan"],
  ["i'll be there", "I'll Be There"],
  ["ßmith", "Ssmith"],
  ["ÉLODIE", "Élodie"],
  ["İPEK", "İpek"],
  ["дмитрий", "Дмитрий"],
  ["王小明", "王小明"],
  ["محمد علي", "محمد علي"],
])("title: %s arrives as %s", (answer, expected) =>
  expect(arrives(answer, "text", { transform: ["title"] })).toBe(expected),
);
