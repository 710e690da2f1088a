import { createHash } from "node:crypto";

/** Characters of a hash that are kept: 48 bits, and 10,000 of them leave a new row one chance in 10^10 of being taken for an old one. */
const HASH_CHARACTERS = 8;

/** A short hash of a JSON value that does not depend on the order of names in its objects. */
export function fingerprint(value: unknown): string {
  return createHash("sha1").update(canonical(value)).digest("base64url").slice(0, HASH_CHARACTERS);
}

/** The first 16 hexadecimal digits of the SHA-256 of a JSON value. */
export function scopeHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

/** 52 bits of a hash, as a number that is exact. */
export function numericHash(value: unknown): number {
  const digest = createHash("sha1").update(JSON.stringify(value)).digest();
  return digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) >> 4);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const object = value as Record<string, unknown>;
  const members = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(object[name])}`);
  return `{${members.join()}}`;
}
