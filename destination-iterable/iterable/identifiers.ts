import { hasUnseen, trimmed } from "../mapping/text.js";

/** The field of a profile that each kind of identifier is. */
export const IDENTIFIER_TARGETS = { email: "email", user_id: "userId" } as const;

/** What tells a contact apart, or why nothing does. */
export type Identified =
  | { readonly ok: true; readonly identifier: string }
  | { readonly ok: false; readonly reason: "no_identifier" | "invalid_email" | "invalid_user_id" };

/** RFC 5321: the longest address. */
const MAX_EMAIL = 254;
/** The same for what is before its @; an address that is no longer as a whole keeps to it. */
const MAX_LOCAL = 64;
/** Iterable's limit ("Identifying the user", help center). */
const MAX_USER_ID = 52;
/**
 * What cannot be an address by any reading; Iterable's own check (Apache Commons EmailValidator: format and top-level
 * domain) is stricter, and has the last word. Quoted local parts and [addresses] are in its grammar too.
 */
const EMAIL =
  /^(?:[^\s@\p{Cc}"(),:;<>[\\\]]{1,64}|"(?:\\"|[^"\\\p{Cc}]){1,62}")@(?:\[[\da-f.:]+\]$|(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?\.)+(?:xn--[a-z0-9-]+|[\p{L}\p{M}]{2,})$)/iu;
/** What most addresses look like: such a one is sent as it stands, and the pattern for all takes several times as long. */
const PLAIN_EMAIL = /^[a-z\d_+-]+(?:\.[a-z\d_+-]+)*@(?:[a-z\d]+\.)+[a-z]{2,}$/;
const NOTHING = new Set(["none", "null", "undefined", "n/a", "nan"]);
/** Python's NaN stands where there is no value; it is read as a number that is not finite. */
const isNothing = (value: unknown) =>
  value === undefined || value === null || (typeof value === "number" && !Number.isFinite(value));

/**
 * An email as it is sent and compared: trimmed, and in lower case as Java has it, which is how Iterable stores it (help
 * center). Both languages follow Unicode's SpecialCasing without a locale: İ becomes i with a dot above, the Kelvin sign
 * becomes k, a Σ at the end of a word ς, and ß, ſ and ı stay what they are. Letters with accents are sent in one form
 * (NFC, RFC 6532). What holds anything unseen, or half a surrogate pair, is no address: it would be a second profile
 * that no mail reaches.
 */
export function identifyByEmail(value: unknown): Identified {
  if (isNothing(value)) return { ok: false, reason: "no_identifier" };
  if (typeof value !== "string") return { ok: false, reason: "invalid_email" };
  if (value.length <= MAX_LOCAL && PLAIN_EMAIL.test(value)) return { ok: true, identifier: value };
  const email = trimmed(value).toLowerCase().normalize("NFC");
  if (email === "" || NOTHING.has(email)) return { ok: false, reason: "no_identifier" };
  const local = email.slice(0, email.lastIndexOf("@"));
  const dotted = !local.startsWith('"') && /^\.|\.$|\.\./.test(local);
  const sound = email.length <= MAX_EMAIL && EMAIL.test(email) && !dotted && !hasUnseen(email);
  return sound ? { ok: true, identifier: email } : { ok: false, reason: "invalid_email" };
}

/** A user id as it is sent: trimmed, printable ASCII. Its case counts. */
export function identifyByUserId(value: unknown): Identified {
  if (isNothing(value)) return { ok: false, reason: "no_identifier" };
  if (typeof value !== "string" && typeof value !== "number") return { ok: false, reason: "invalid_user_id" };
  const id = trimmed(String(value));
  if (id === "") return { ok: false, reason: "no_identifier" };
  return /^[\x20-\x7e]+$/.test(id) && id.length <= MAX_USER_ID
    ? { ok: true, identifier: id }
    : { ok: false, reason: "invalid_user_id" };
}
