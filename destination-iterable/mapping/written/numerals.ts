import { plain } from "./plain.js";

/** Whole numbers and fractions whose separators leave no doubt: 1.234 and 1,234 may be thousands or fractions, and are none. */
const NUMBERS: readonly RegExp[] = [
  /^(?<whole>[+-]?\d+)(?:[.\u066b](?<part>\d+))?$/u,
  /^(?<whole>[+-]?\d{1,3}(?:[ '’\u066c]\d{3})+)(?:[.,\u066b](?<part>\d+))?$/u,
  /^(?<whole>[+-]?\d{1,3}(?:,\d{3})+)\.(?<part>\d+)$/u,
  /^(?<whole>[+-]?\d{1,3}(?:\.\d{3})+),(?<part>\d+)$/u,
  /^(?<whole>[+-]?\d{1,3}(?:,\d{3}){2,}|[+-]?\d{1,3}(?:\.\d{3}){2,})$/u,
  // As it is written in India.
  /^(?<whole>[+-]?\d{1,2}(?:,\d{2})+,\d{3})(?:\.(?<part>\d+))?$/u,
  /^(?<whole>[+-]?(?:\d{4,}|0+)),(?<part>\d+)$/u,
  /^(?<whole>[+-]?\d{1,3}),(?<part>\d{1,2}|\d{4,})$/u,
];

/** The number that a text writes, in JSON's form without an exponent; undefined where it writes none, or may mean two. */
export function numeral(text: string): string | undefined {
  const written = plain(text);
  for (const form of NUMBERS) {
    const groups = form.exec(written)?.groups;
    if (!groups) continue;
    const whole = (groups.whole as string).replace(/[^\d+-]/g, "");
    const { part } = groups;
    // Three digits may be thousands, and then 1.000 is no 1.
    return part === undefined || (/^0+$/.test(part) && part.length !== 3) ? whole : `${whole}.${part}`;
  }
  return undefined;
}
