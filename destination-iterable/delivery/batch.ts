import type { Packed } from "./compact/packing.js";

/** Contacts that wait to be sent in one request. No key is in it twice. */
export interface Batch<R> {
  add(packed: Packed<R>): void;
  /** Puts a contact in the place of the one with the same key. */
  replace(packed: Packed<R>): void;
  get(key: string): Packed<R> | undefined;
  /** Whether the request would become too large with `bytes` more. */
  wouldOverflow(bytes: number): boolean;
  readonly isFull: boolean;
  readonly size: number;
  take(): Packed<R>[];
}

/** Bytes of a request around and between its contacts. */
const ENVELOPE_BYTES = 64;
const SEPARATOR_BYTES = 1;

/** A batch of at most `maxUsers` contacts whose request stays within `maxBytes`. */
export function createBatch<R>(maxUsers: number, maxBytes: number): Batch<R> {
  let members = new Map<string, Packed<R>>();
  let bytes = ENVELOPE_BYTES;
  return {
    add(packed) {
      members.set(packed.contact.key, packed);
      bytes += packed.bytes + SEPARATOR_BYTES;
    },
    replace(packed) {
      bytes += packed.bytes - (members.get(packed.contact.key)?.bytes ?? 0);
      members.set(packed.contact.key, packed);
    },
    get: (key) => members.get(key),
    wouldOverflow: (more) => bytes + more + SEPARATOR_BYTES > maxBytes,
    get isFull() {
      return members.size >= maxUsers || bytes >= maxBytes;
    },
    get size() {
      return members.size;
    },
    take() {
      const taken = [...members.values()];
      members = new Map();
      bytes = ENVELOPE_BYTES;
      return taken;
    },
  };
}

/** Whether a contact fits into a request at all. */
export function fitsAlone(bytes: number, maxBytes: number): boolean {
  return ENVELOPE_BYTES + bytes + SEPARATOR_BYTES <= maxBytes;
}
