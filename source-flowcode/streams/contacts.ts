import { type Instant, parseInstant } from "../../protocol/instant.js";
import { createLayout } from "../../protocol/layout.js";
import { isJsonObject, type JsonObject } from "../../protocol/message.js";
import { fingerprint } from "./fingerprint.js";

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

/** Many programs that read JSON stop at some depth (Python at 1,000 levels): deeper values reach nobody whole. */
const MAX_DEPTH = 100;

/**
 * A row of ListContacts as a record: the user's fields under their own names, the two times, everything else that
 * belongs to the row with a prefix, and the key. Values are passed on unchanged, except that those which are nested too
 * deeply are left out (`onDeep`). Undefined for an anonymous conversion: a row whose user holds no answer at all.
 */
export function toContact(row: JsonObject, onDeep?: () => void): JsonObject | undefined {
  const user = isJsonObject(row.user) ? row.user : {};
  const key = contactKey(user);
  if (key === undefined && !hasAnswer(user)) return undefined;
  layout.clear();
  for (const name in user) add(name, user[name], onDeep);
  for (const name in row) if (name !== "user") add(rowField(name), row[name], onDeep);
  if (key !== undefined) {
    layout.add(PRIMARY_KEY, key);
    return layout.build();
  }
  const contact = layout.build();
  return { ...contact, [PRIMARY_KEY]: `row:${fingerprint(contact, ROW_KEY_CHARACTERS)}` };
}

function add(name: string, value: unknown, onDeep: (() => void) | undefined): void {
  if (typeof value === "object" && isDeeperThan(value, MAX_DEPTH)) onDeep?.();
  else layout.add(name, value);
}

/** 96 bits: a key, which must not be another row's. */
const ROW_KEY_CHARACTERS = 16;
const layout = createLayout();

/** Whether somebody has answered anything. */
function hasAnswer(user: JsonObject): boolean {
  return Object.values(user).some((value) => {
    if (value === null || value === undefined) return false;
    if (typeof value === "string") return value.trim() !== "";
    return typeof value !== "object" || Object.keys(value).length > 0;
  });
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const name in value) {
    const inner: unknown = (value as JsonObject)[name];
    if (typeof inner === "object" && isDeeperThan(inner, levels - 1)) return true;
  }
  return false;
}

/** How many names are remembered, and of which length: a row has few, and they are the same in all. */
const MEMORY = 1000;
const LONGEST_REMEMBERED = 200;
const rowFields = new Map(["firstConvertedAt", "lastConvertedAt"].map((name) => [name, name]));

/** What a member of the row is called in the record: the two times keep their names, every other one gets a prefix. */
function rowField(name: string): string {
  const known = rowFields.get(name);
  if (known !== undefined) return known;
  const field = ROW_PREFIX + name;
  if (rowFields.size < MEMORY && name.length <= LONGEST_REMEMBERED) rowFields.set(name, field);
  return field;
}

/** Longer texts are nobody's address or number (an address has 254 characters at most: RFC 5321). */
const LONGEST_IDENTIFIER = 1000;

/** The email trimmed and lower-cased, else the phone's digits with its plus sign; undefined where there is neither. */
export function contactKey({ email, phone: given }: JsonObject): string | undefined {
  if (typeof email === "string" && email.length <= LONGEST_IDENTIFIER) {
    const address = email.trim().toLowerCase();
    if (address !== "") return address;
  }
  const phone = typeof given === "number" ? String(given) : given;
  if (typeof phone !== "string" || phone.length > LONGEST_IDENTIFIER) return undefined;
  const digits = phone.replace(/\D/g, "");
  if (digits === "") return undefined;
  return phone.trim().startsWith("+") ? `+${digits}` : digits;
}

/** When a row was last converted; undefined where it does not say. */
export function convertedAt(row: JsonObject): Instant | undefined {
  return parseInstant(row.lastConvertedAt) ?? parseInstant(row.firstConvertedAt);
}
