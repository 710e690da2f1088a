import type { JsonObject } from "../protocol/message.js";
import type { WriteMode } from "./overwrite.js";

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
}

/** Values that one record brought. */
export interface Layer {
  /** The record's place in its stream's order; undefined where the stream has none. */
  readonly cursor: Cursor | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A value of the cursor field, in a form that compares. */
export type Cursor = { readonly seconds: number; readonly nanos: number };

/** A contact with the room that it takes in a request. */
export interface Packed<R> {
  readonly contact: Contact<R>;
  /** Its JSON, where that had to be made to know how long it is. */
  readonly json: string | undefined;
  /** It takes so many at most. */
  readonly bytes: number;
}

/**
 * Packs contacts as the entries that `asEntry` makes of them. Those that take no more than `roomEach` by any reckoning
 * are only reckoned: their JSON is made of the whole batch at once, which takes half of the time and of the memory.
 */
export function createPacker<R>(
  asEntry: (contact: Contact<R>) => JsonObject,
  roomEach: number,
): (contact: Contact<R>) => Packed<R> {
  return (contact) => {
    const most = ENTRY_BYTES + mostBytes(contact.identifier, 0) + mostBytes(contact.fields, 0);
    if (most <= roomEach) return { contact, json: undefined, bytes: most };
    const json = JSON.stringify(asEntry(contact));
    return { contact, json, bytes: Buffer.byteLength(json) };
  };
}

/**
 * The body of a request: the entries of a batch as a list of that name, beside other settings. In bytes, since batches
 * wait for their turn and for their answer, and a text counts for twice its size in what the heap may grow to.
 */
export function bodyOf<R>(
  settings: JsonObject,
  list: string,
  members: readonly Packed<R>[],
  asEntry: (contact: Contact<R>) => JsonObject,
): Uint8Array {
  const isReckoned = members.every(({ json }) => json === undefined);
  const entries = () =>
    members.map(({ contact, json }) => json ?? JSON.stringify(asEntry(contact))).join(",");
  return Buffer.from(
    isReckoned
      ? JSON.stringify({ ...settings, [list]: members.map(({ contact }) => asEntry(contact)) })
      : `${JSON.stringify(settings).slice(0, -1)},"${list}":[${entries()}]}`,
  );
}

/** More than an entry has around its identifier and its fields. */
const ENTRY_BYTES = 100;
/** JSON writes no character of a text in more bytes: \u001f. */
const CHARACTER_BYTES = 6;
/** No number, truth value or null is longer. */
const SCALAR_BYTES = 24;
/** What is deeper may be of any size: its JSON has to be made. */
const MAX_DEPTH = 8;

/** As many bytes as the JSON of a value has at most; a dot in a name may have led into an object. */
function mostBytes(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length * CHARACTER_BYTES + 2;
  if (typeof value !== "object" || value === null) return SCALAR_BYTES;
  if (depth > MAX_DEPTH) return Number.POSITIVE_INFINITY;
  let bytes = 2;
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    bytes += name.length * CHARACTER_BYTES + 8 + mostBytes(inner, depth + 1);
  }
  return bytes;
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
