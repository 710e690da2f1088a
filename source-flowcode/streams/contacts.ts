import { type Instant, parseInstant } from "../../protocol/instant.js";
import { createLayout } from "../../protocol/layout.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";

/** The stream's name. */
export const CONTACTS = "contacts";
/** The field that identifies a contact: see `contactKey`. */
export const PRIMARY_KEY = "contact_key";
/** The field by which a contact is newer than another. Both times are on every row seen in a public client. */
export const CURSOR_FIELD = "lastConvertedAt";

const text: JsonObject = { type: ["null", "string"] };
const time: JsonObject = { ...text, format: "date-time" };
/** Fields that every contact can have. */
export const CONTACT_FIELDS: readonly (readonly [string, JsonObject])[] = [
  [PRIMARY_KEY, { type: "string" }],
  ["email", text],
  ["name", text],
  ["phone", text],
  ["firstConvertedAt", time],
  ["lastConvertedAt", time],
];

const ROW_PREFIX = "conversion_";

/**
 * A row of ListContacts as a record: the user's fields under their own names, the two times, everything else that
 * belongs to the row with a prefix, and the key. Values are passed on unchanged. Undefined for an anonymous
 * conversion: a row without email and phone.
 */
export function toContact(row: JsonObject): JsonObject | undefined {
  const user = isJsonObject(row.user) ? row.user : {};
  const key = contactKey(user);
  if (key === undefined) return undefined;
  layout.clear();
  for (const name in user) layout.add(name, user[name]);
  for (const name in row) if (name !== "user") layout.add(rowField(name), row[name]);
  layout.add(PRIMARY_KEY, key);
  return layout.build();
}

const layout = createLayout();

/** How many names are remembered: a row has few, and they are the same in all. */
const MEMORY = 1000;
const rowFields = new Map(["firstConvertedAt", "lastConvertedAt"].map((name) => [name, name]));

/** What a member of the row is called in the record: the two times keep their names, every other one gets a prefix. */
function rowField(name: string): string {
  const known = rowFields.get(name);
  if (known !== undefined) return known;
  const field = ROW_PREFIX + name;
  if (rowFields.size < MEMORY) rowFields.set(name, field);
  return field;
}

/** The email trimmed and lower-cased, else the phone's digits with its plus sign; undefined where there is neither. */
export function contactKey(user: JsonObject): string | undefined {
  const email = typeof user.email === "string" ? user.email.trim().toLowerCase() : "";
  if (email !== "") return email;
  const phone = typeof user.phone === "number" ? String(user.phone) : user.phone;
  if (typeof phone !== "string") return undefined;
  const digits = phone.replace(/\D/g, "");
  if (digits === "") return undefined;
  return phone.trim().startsWith("+") ? `+${digits}` : digits;
}

/** When a row was last converted; undefined where it does not say. */
export function convertedAt(row: JsonObject): Instant | undefined {
  return parseInstant(row.lastConvertedAt) ?? parseInstant(row.firstConvertedAt);
}
