import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { identifyByEmail } from "../iterable/identifiers.js";
import { isEmpty } from "../mapping/text.js";

/** What is taken of one line of an export. */
export interface ExportedProfile {
  /** What tells the contact apart, as contacts' own keys do. */
  readonly key: string;
  /** Which of the tracked fields have a value: bit n of word n / 32. */
  readonly mask: readonly number[];
}

/** How many words a mask of so many fields has. */
export const wordsFor = (fields: number) => Math.ceil(fields / 32);

/**
 * Compiles how a row of an export is read. Fields inside objects are dotted names there, or objects: both are read.
 * Throws SyntaxError for a line that is no JSON object; undefined for a profile without the identifier, which nobody can ask for.
 */
export function compileRows(
  identifier: "email" | "user_id",
  fields: readonly string[],
): (line: string) => ExportedProfile | undefined {
  const words = wordsFor(fields.length);
  const name = identifier === "email" ? "email" : "userId";
  const paths = fields.map((field) => ({ field, names: field.split("."), prefix: `${field}.` }));
  const none = new Array<number>(words).fill(0);
  return (line) => {
    const row: unknown = JSON.parse(line);
    if (!isJsonObject(row)) throw new SyntaxError("not an object");
    const found = row[name];
    if ((typeof found !== "string" && typeof found !== "number") || found === "") return undefined;
    const key = keyOf(String(found), identifier);
    if (words === 0) return { key, mask: none };
    const mask = [...none];
    for (const [index, { field, names, prefix }] of paths.entries()) {
      if (!has(row, field, names) && !hasInner(row, prefix)) continue;
      const word = index >>> 5;
      mask[word] = ((mask[word] as number) | (1 << (index & 31))) >>> 0;
    }
    return { key, mask };
  };
}

/** As the contacts' own keys are made. What is no address by our reading is kept as Iterable has it. */
function keyOf(found: string, identifier: "email" | "user_id"): string {
  if (identifier === "user_id") return found.trim();
  const identified = identifyByEmail(found);
  return identified.ok ? identified.identifier : found.trim().toLowerCase();
}

function has(row: JsonObject, field: string, names: readonly string[]): boolean {
  if (!isEmpty(row[field])) return true;
  if (names.length === 1) return false;
  let value: unknown = row;
  for (const name of names) value = isJsonObject(value) ? value[name] : undefined;
  return !isEmpty(value);
}

/** Whether the row has a part of the object. */
function hasInner(row: JsonObject, prefix: string): boolean {
  for (const name in row) {
    if (name.startsWith(prefix) && !isEmpty(row[name])) return true;
  }
  return false;
}
