import type { Packed } from "./compact/packing.js";
import type { WriteMode } from "./write-mode.js";

/** One contact as it is sent, with the records that it stands for. */
export interface Contact<R> {
  /** What tells contacts apart: the email in lower case, or the user id. */
  readonly key: string;
  /** The identifier as it is sent. */
  readonly identifier: string;
  readonly mode: WriteMode;
  /** Values by target field; a dot leads into an object. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The same values by how new they are, newest first; no field is in two layers. */
  readonly layers: readonly Layer[];
  /** The records that this contact settles, in the order in which they came. */
  readonly records: readonly R[];
  /** The contacts of one record each that it was merged of, in the same order. */
  readonly parts?: readonly Contact<R>[];
}

/** Values that one record brought. */
export interface Layer {
  /** The record's place in its stream's order; undefined where the stream has none. */
  readonly cursor: Cursor | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A value of the cursor field, in a form that compares. */
export type Cursor = { readonly seconds: number; readonly nanos: number };

/** The contact with other values, which its records and their order stay the same for. */
export function withFields<R>(
  { key, identifier, mode, layers, records, parts }: Contact<R>,
  fields: Contact<R>["fields"],
): Contact<R> {
  return { key, identifier, mode, fields, layers, records, ...(parts && { parts }) };
}

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
