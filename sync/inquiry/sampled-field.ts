import { parseRecordLine } from "../pipe/record-line.js";

/** What the contacts of a sample have in a field. */
export interface SampledField {
  readonly name: string;
  /** How many of the contacts fill it in. */
  readonly filled: number;
  /** Some different values, letters and digits masked. */
  readonly masked: readonly string[];
  /** The same as they are: somebody's data. */
  readonly values: readonly string[];
}

/** So many values of a field are shown. */
const SHOWN = 3;
const LONGEST = 40;

/** The fields of these records, in the order in which they come up. */
export function valuesIn(lines: readonly string[]): SampledField[] {
  const fields = new Map<string, { filled: number; readonly values: Set<string> }>();
  for (const line of lines) {
    const data: Readonly<Record<string, unknown>> = parseRecordLine(line).record?.data ?? {};
    for (const [name, value] of Object.entries(data)) {
      if (value === null || value === undefined || value === "") continue;
      const field = fields.get(name) ?? { filled: 0, values: new Set<string>() };
      field.filled += 1;
      if (field.values.size < SHOWN) field.values.add(shown(value));
      fields.set(name, field);
    }
  }
  return [...fields].map(([name, { filled, values }]) => ({
    name,
    filled,
    values: [...values],
    masked: [...new Set([...values].map(masked))],
  }));
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const characters = [...text];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : text;
}

/** The shape of a text: letters as `a` and `A`, digits as `9`, everything else as it is. */
export function masked(text: string): string {
  return text.replace(/[\p{L}\p{M}\p{N}]/gu, (character) => {
    if (/\p{N}/u.test(character)) return "9";
    return /\p{Lu}/u.test(character) ? "A" : "a";
  });
}

/** The shape of whatever stands in a value, however deep: the names of its fields stay. */
export function maskedValue(value: unknown): unknown {
  if (typeof value === "string") return masked(value);
  if (typeof value === "number") return masked(String(value));
  if (Array.isArray(value)) return value.map(maskedValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, maskedValue(below)]));
}
