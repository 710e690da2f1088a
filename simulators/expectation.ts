import type { ContactRow } from "./flowcode/row.js";
import { isEmail } from "./iterable/email.js";
import { isObject, type Json } from "./json.js";

/** What the default mapping promises for a list of contacts, worked out here by other means than the connectors'. */
export interface Expectation {
  /** By email in lower case. */
  readonly users: ReadonlyMap<string, Json>;
  /** How many rows have an email or a phone, and so are records. */
  readonly records: number;
  readonly kept: number;
  readonly rejected: number;
}

/** The demo's custom fields in Iterable, and what may be sent for them. */
export const CUSTOM_FIELDS = {
  "Shirt Size": "string",
  birthday: "date",
  score: "long",
  newsletter: "boolean",
  interests: "string",
  address: "object",
  "address.city": "string",
  "address.zip": "string",
} as const;

const ANSWERS: Readonly<Record<string, unknown>> = { yes: true, no: false };

/**
 * `refused`: emails that Iterable does not take for reasons of its own. `isKept`: whether a row is left out on purpose.
 */
export function expect(
  rows: readonly ContactRow[],
  refused: ReadonlySet<string>,
  isKept: (row: ContactRow) => boolean,
): Expectation {
  const users = new Map<string, Json>();
  const inOrder = [...rows].sort((a, b) => (sortable(a) < sortable(b) ? -1 : 1));
  let records = 0;
  let kept = 0;
  let rejected = 0;
  for (const row of inOrder) {
    const email = String(row.user.email ?? "")
      .trim()
      .toLowerCase();
    if (Object.values(row.user).every((answer) => answer === "")) continue;
    records += 1;
    if (isKept(row)) kept += 1;
    else if (!isEmail(email) || /\.\./.test(email) || refused.has(email)) rejected += 1;
    else users.set(email, { ...users.get(email), ...profile(row.user) });
  }
  return { users, records, kept, rejected };
}

/** Timestamps of different precision, in a form that sorts. */
function sortable(row: ContactRow): string {
  const [seconds, fraction = ""] = String(row.lastConvertedAt).replace("Z", "").split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}

function profile(user: Json): Json {
  const [firstName = "", ...rest] = String(user.name ?? "")
    .trim()
    .split(/\s+/);
  const phone = String(user.phone ?? "");
  const whole = Number(user.score);
  const newsletter = ANSWERS[String(user.newsletter)] ?? user.newsletter;
  const isNew = (value: unknown) => value !== undefined && value !== "";
  const found: Json = {
    firstName,
    lastName: rest.join(" "),
    phoneNumber: /^\+[1-9]\d{6,14}$/.test(phone) ? phone : "",
    "Shirt Size": typeof user["Shirt Size"] === "string" ? user["Shirt Size"].trim() : user["Shirt Size"],
    birthday: birthday(user.birthday),
    score: Number.isInteger(whole) && user.score !== undefined ? whole : undefined,
    newsletter: typeof newsletter === "boolean" ? newsletter : undefined,
    interests: Array.isArray(user.interests) && user.interests.length > 0 ? user.interests : undefined,
    address: isObject(user.address) ? { ...user.address, zip: String(user.address.zip) } : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => isNew(value)));
}

/** A day that is in the calendar, or a moment in Iterable's own form. */
function birthday(value: unknown): string | undefined {
  const text = String(value);
  const date = new Date(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(date.getTime())) return undefined;
  const iso = date.toISOString();
  if (iso.slice(0, 10) !== text.slice(0, 10)) return undefined;
  return text.length === 10 ? text : `${iso.slice(0, 19).replace("T", " ")} +00:00`;
}
