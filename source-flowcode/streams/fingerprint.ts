import { createHash, hash } from "node:crypto";
import { createLayout } from "../../protocol/layout.js";

/** So many characters (six bits each) of a hash of a JSON value that does not depend on the order of its names. */
export function fingerprint(value: unknown, characters: number): string {
  return hash("sha1", canonical(value), "base64url").slice(0, characters);
}

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const sixBits = (value: number, from: number) => BASE64URL[(value >>> from) & 63] as string;

/**
 * Six characters (36 bits) of a hash of a text. It is no cryptographic one, which for a text this short would take as
 * long as everything else that is done with a row's key (the mixing is that of cyrb53, in the public domain).
 */
export function shortHash(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  const first = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  const second = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (
    sixBits(first, 0) +
    sixBits(first, 6) +
    sixBits(first, 12) +
    sixBits(second, 0) +
    sixBits(second, 6) +
    sixBits(second, 12)
  );
}

/** The first 16 hexadecimal digits of the SHA-256 of a JSON value. */
export function scopeHash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

/** 52 bits of a hash, as a number that is exact; a random one for a value that is nested too deeply to be written. */
export function numericHash(value: unknown): number {
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    return Math.floor(Math.random() * 2 ** 52);
  }
  const digest = createHash("sha1").update(text).digest();
  return digest.readUIntBE(0, 6) * 16 + (digest.readUInt8(6) >> 4);
}

function canonical(value: unknown): string {
  if (isScalar(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const object = value as Record<string, unknown>;
  const { names, keepsOrder } = sorted(Object.keys(object));
  // JSON is made of the whole at once where it comes out the same, which takes a third of the time.
  if (keepsOrder && names.every((name) => isFlat(object[name]))) {
    layout.clear();
    for (const name of names) layout.add(name, object[name]);
    return JSON.stringify(layout.build());
  }
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(object[name])}`).join()}}`;
}

const layout = createLayout();
const isScalar = (value: unknown) => typeof value !== "object" || value === null;
const isFlat = (value: unknown) => isScalar(value) || (Array.isArray(value) && value.every(isScalar));

interface Names {
  /** In the order of their characters. */
  readonly names: readonly string[];
  /** Whether objects keep them in that order: numbers come before all others. */
  readonly keepsOrder: boolean;
}

let lastGiven: readonly string[] = [];
let lastSorted: Names = { names: [], keepsOrder: true };

/** Most objects have the names of the one before. */
function sorted(given: readonly string[]): Names {
  if (given.length !== lastGiven.length || given.some((name, index) => name !== lastGiven[index])) {
    lastGiven = given;
    lastSorted = { names: [...given].sort(), keepsOrder: !given.some((name) => /^\d+$/.test(name)) };
  }
  return lastSorted;
}
