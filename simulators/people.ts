import type { ContactRow } from "./flowcode/row.js";
import type { Json } from "./json.js";
import { createRandom } from "./random.js";

/** Names of many scripts, all invented, with what forms get wrong. */
const NAMES = [
  "Zoë Ångström",
  "José Nuñez del Río",
  "Łucja Źrebięcka",
  "Nguyễn Thị Mơ",
  "Ольга Снегирёва",
  "Ελένη Θαλασσινού",
  "ليلى الرملي",
  "נועה גל",
  "प्रिया सागर",
  "山川 海子",
  "李小溪",
  "하늘 이",
  "ปลายฟ้า ใจดี",
  "Plato",
  "  Padded   Name  ",
  "🌻 Sun Flower",
  "O'Neil-Smythe, Jr.",
  "",
  "Name ".repeat(60).trim(),
];
const DOMAINS = [
  "example.com",
  "example.org",
  "mail.example.net",
  "sub.domain.example.co.uk",
  "xn--bcher-kva.example",
];
const IMPOSSIBLE_EMAILS = [
  "none",
  "a@",
  "x y@example.com",
  "two@@example.com",
  "nobody@example",
  "@example.com",
  "dots..dots@example.com",
];
const PHONES = [
  "+14155550123",
  "+4915112345678",
  "(415) 555-0123",
  "+1 415 555 0124",
  "0151 1234",
  "call me",
  "123",
];
const SIZES = ["S", "M", "L", "XL", " m "];
const BIRTHDAYS = ["1990-05-17", "2001-02-29", "17.05.1990", "1985-12-01T00:00:00Z", "soon"];
const SCORES = [1, 42, "7", "7.5", 3.25, "many", 0, -1];

/**
 * Contacts of every kind that forms bring in, the same for the same seed: of 1,000 about 20 have an impossible email,
 * 15 a phone alone, 10 neither, and 20 come a second time with their email written in another case.
 * `endMs`: the latest conversion, in ms since 1970; the earliest is a day before.
 */
export function generatePeople(
  count: number,
  options: { readonly seed?: number; readonly endMs: number },
): ContactRow[] {
  const next = createRandom(options.seed ?? 1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const rows: ContactRow[] = [];
  for (let number = 0; rows.length < count; number += 1) {
    const kind = next();
    const impossible = pick(IMPOSSIBLE_EMAILS).replace(/(?<=\w)@/, `${number}@`);
    const email = kind < 0.02 ? impossible : kind < 0.045 ? undefined : emailOf(number, pick);
    const phone =
      kind >= 0.035 && kind < 0.045 ? undefined : kind < 0.035 || next() < 0.5 ? pick(PHONES) : undefined;
    const user = withoutNothing({
      ...(email !== undefined && { email }),
      name: pick(NAMES),
      // Who has no email is known by the phone.
      ...(phone !== undefined && {
        phone: email === undefined ? `+1415${String(number).padStart(7, "0")}` : phone,
      }),
      ...answers(number, next, pick),
    });
    const at = options.endMs - Math.floor(next() * 86_400_000);
    const row = {
      user,
      firstConvertedAt: timestamp(at - 60_000, number),
      lastConvertedAt: timestamp(at, number),
    };
    rows.push({ ...row, flowId: `flow-${number % 3}` });
    if (kind > 0.98 && email !== undefined && rows.length < count) {
      rows.push({
        user: { ...user, email: swapCase(email), name: "Converted Again" },
        firstConvertedAt: row.firstConvertedAt,
        lastConvertedAt: timestamp(at + 1000, number + 1),
        flowId: "flow-again",
      });
    }
  }
  return rows;
}

function emailOf(number: number, pick: <T>(list: readonly T[]) => T): string {
  const plain = `person${number}${pick(["", "", "+form", ".x"])}@${pick(DOMAINS)}`;
  return pick([plain, plain, plain, `  ${plain}`, `${plain}\t`, swapCase(plain)]);
}

const swapCase = (text: string) =>
  text.replace(/[a-z]/gi, (letter, index: number) =>
    index % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** Custom fields of every type; not everybody fills in every one. */
function answers(number: number, next: () => number, pick: <T>(list: readonly T[]) => T): Json {
  const some = (likelihood: number, fields: () => Json): Json => (next() < likelihood ? fields() : {});
  return {
    ...some(0.7, () => ({ "Shirt Size": pick(SIZES) })),
    ...some(0.5, () => ({ birthday: pick(BIRTHDAYS) })),
    ...some(0.5, () => ({ score: pick(SCORES) })),
    ...some(0.6, () => ({ newsletter: pick([true, false, "yes", "no", "perhaps"]) })),
    ...some(0.4, () => ({ interests: pick([["music"], ["sports", "food"], []]) })),
    ...some(0.3, () => ({
      address: { city: pick(["Springfield", "Москва", "東京"]), zip: pick(["10115", 90210]) },
    })),
    ...some(0.2, () => ({ "T&C accepted": true })),
    ...some(0.1, () => ({ größe: 1.5 + (number % 50) / 100 })),
    ...some(0.1, () => ({ comment: null })),
  };
}

/** ProtoJSON writes no fraction, or one of 3, 6 or 9 digits. */
function timestamp(ms: number, number: number): string {
  const seconds = new Date(ms).toISOString().slice(0, 19);
  const digits = [0, 3, 6, 9][number % 4] as number;
  return digits === 0
    ? `${seconds}Z`
    : `${seconds}.${String(123_456_789 + number)
        .padStart(9, "0")
        .slice(0, digits)}Z`;
}

function withoutNothing(user: Json): Json {
  return Object.fromEntries(Object.entries(user).filter(([, value]) => value !== ""));
}
