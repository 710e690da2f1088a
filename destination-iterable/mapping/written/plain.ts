/** A short text with digits, signs and full-width letters as in ASCII, without what nobody sees. */
export function plain(text: string): string {
  // A power or a circled number is no digit of a number.
  if (/^[ -~]*$/.test(text) || /\p{No}/u.test(text)) return text;
  return text
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[\u2010-\u2013\u2212]/g, "-")
    .replace(/(?![0-9])\p{Nd}/gu, digitOf);
}

/** Decimal digits stand in rows of ten, from zero on (Unicode Standard, 4.6). */
function digitOf(digit: string): string {
  const point = digit.codePointAt(0) as number;
  let zero = point;
  while (point - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(point - zero);
}
