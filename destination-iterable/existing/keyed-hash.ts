import { createHmac } from "node:crypto";

/** A hash of 64 bits, in two halves. */
export interface KeyedHash {
  readonly high: number;
  readonly low: number;
}

/**
 * Hashes contacts' keys with a secret, so that whoever finds the hashes cannot try addresses against them. That any of a
 * million contacts is taken for one of five million profiles by chance has a probability of 3 in 10 million.
 */
export function createKeyedHash(secret: string): (key: string) => KeyedHash {
  return (key) => {
    const digest = createHmac("sha256", secret).update(key).digest();
    return { high: digest.readUInt32LE(0), low: digest.readUInt32LE(4) };
  };
}
