import type { JsonObject } from "../../protocol/message.js";
import { toContact } from "../streams/contacts.js";

export interface FieldSeen {
  readonly name: string;
  readonly types: readonly string[];
  /** How many contacts have it, in percent. */
  readonly filled: number;
}

/** The fields of records that these rows make, sorted by name, and nothing of what they hold. */
export function fieldsSeen(rows: readonly JsonObject[]): FieldSeen[] {
  const contacts = rows.map((row) => toContact(row)).filter((contact) => contact !== undefined);
  const fields = new Map<string, { types: Set<string>; count: number }>();
  for (const contact of contacts) {
    for (const [name, value] of Object.entries(contact)) {
      if (value === null || value === "") continue;
      const field = fields.get(name) ?? { types: new Set(), count: 0 };
      fields.set(name, field);
      field.types.add(Array.isArray(value) ? "array" : typeof value);
      field.count += 1;
    }
  }
  return [...fields]
    .map(([name, { types, count }]) => ({
      name,
      types: [...types].sort(),
      filled: Math.round((100 * count) / contacts.length),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
