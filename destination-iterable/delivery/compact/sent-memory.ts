/**
 * What was sent of each contact, so that an older record that comes later changes nothing.
 *
 * Representation: two open hash tables of numbers, young and old: 64 bits of a hash of the contact's key, the cursor's
 * seconds and nanoseconds, and the number of a shared set of names. A contact of whom several sets were sent, or one
 * that is not shared, is an object beside the table.
 * Reason: a hundred thousand objects that live long are looked at by the garbage collector over and over, which has
 * taken a fifth of a run.
 * Limits: at most `size` contacts and at least half as many; a full young table becomes the old one, which is dropped
 * whole. Fewer where contacts carry so many names, each its own, that these would take the memory (MAX_OWN_CHARS). The
 * hash differs from run to run: that two contacts of a table share their 64 bits has a chance of one in billions, and
 * nobody can bring it about.
 */

import type { Cursor } from "../contact.js";
import { MAX_CHARS, MAX_SETS } from "./interned-names.js";

/** Fields that were sent with one cursor value, and what was sent with older ones. */
export interface Sent {
  readonly cursor: Cursor;
  readonly fields: ReadonlySet<string>;
  readonly older: Sent | undefined;
}

/** Remembers what was sent of each contact, by its key, and forgets the oldest. */
export interface SentMemory {
  get(key: string): Sent | undefined;
  set(key: string, sent: Sent): void;
}

/** What a name costs beside its characters. */
const NAME_CHARS = 32;
/** As much may be held of names that no others share, in each generation. */
const MAX_OWN_CHARS = 16_000_000;

/** Remembers at most `size` contacts, and at least half as many. */
export function createSentMemory(size: number): SentMemory {
  const half = Math.ceil(size / 2);
  const sets: ReadonlySet<string>[] = [];
  const numbers = new Map<ReadonlySet<string>, number>();
  let chars = 0;
  const hash: Hash = { seed: Math.floor(Math.random() * 2 ** 32), text: undefined, high: 0, low: 0 };
  let young = createGeneration(half);
  let old = createGeneration(half);

  const numberOf = (fields: ReadonlySet<string>): number | undefined => {
    const known = numbers.get(fields);
    if (known !== undefined || sets.length >= MAX_SETS || chars > MAX_CHARS) return known;
    chars += charsOf(fields);
    numbers.set(fields, sets.length);
    return sets.push(fields) - 1;
  };

  const ownChars = (sent: Sent): number => {
    let own = 0;
    for (let part: Sent | undefined = sent; part; part = part.older)
      if (numberOf(part.fields) === undefined) own += charsOf(part.fields);
    return own;
  };

  return {
    get(key) {
      hashInto(hash, key);
      return young.get(hash, key, sets) ?? old.get(hash, key, sets);
    },
    set(key, sent) {
      hashInto(hash, key);
      const set = sent.older ? undefined : numberOf(sent.fields);
      young.set(hash, key, sent, set, set === undefined ? ownChars(sent) : 0);
      if (young.count < half && young.ownChars < MAX_OWN_CHARS) return;
      [young, old] = [old, young];
      young.clear();
    },
  };
}

function charsOf(names: ReadonlySet<string>): number {
  let chars = 0;
  for (const name of names) chars += name.length + NAME_CHARS;
  return chars;
}

interface Hash {
  readonly seed: number;
  /** What was hashed last: a contact is mostly asked for and put in at once. */
  text: string | undefined;
  high: number;
  low: number;
}

/** Two hashes of 32 bits each over a text (FNV-1a, and one with another factor), mixed at the end; the second is not 0. */
function hashInto(hash: Hash, text: string): void {
  if (text === hash.text) return;
  hash.text = text;
  let high = hash.seed;
  let low = ~hash.seed;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x5bd1e995) ^ (low >>> 15);
  }
  hash.high = mixed(high ^ (low >>> 7));
  hash.low = (mixed(low ^ (high >>> 9)) | 1) >>> 0;
}

/** Each bit of the result depends on all of the number's (the last step of MurmurHash3, which is in the public domain). */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** What a place of the table holds beside the seconds of the cursor. */
const HIGH = 0;
const LOW = 1;
const NANOS = 2;
const SET = 3;
const WORDS = 4;
/** In the place of a set's number: the contact is among the objects. */
const OBJECT = 0xffffffff;

/** Contacts in an open hash table with linear probing, twice as large as what it holds, or a little more. */
function createGeneration(capacity: number) {
  const places = 2 ** Math.ceil(Math.log2(capacity * 2));
  const words = new Uint32Array(places * WORDS);
  const seconds = new Float64Array(places);
  const objects = new Map<string, Sent>();
  let count = 0;
  let ownChars = 0;

  /** Where the contact is, or would be. */
  const find = ({ high, low }: Hash): number => {
    let place = high & (places - 1);
    for (; words[place * WORDS + LOW] !== 0; place = (place + 1) & (places - 1)) {
      if (words[place * WORDS + LOW] === low && words[place * WORDS + HIGH] === high) break;
    }
    return place;
  };

  return {
    get count() {
      return count;
    },
    get ownChars() {
      return ownChars;
    },
    get(hash: Hash, key: string, sets: readonly ReadonlySet<string>[]): Sent | undefined {
      const place = find(hash);
      const at = place * WORDS;
      if (words[at + LOW] === 0) return undefined;
      if (words[at + SET] === OBJECT) return objects.get(key);
      const cursor = { seconds: seconds[place] as number, nanos: words[at + NANOS] as number };
      return { cursor, fields: sets[words[at + SET] as number] as ReadonlySet<string>, older: undefined };
    },
    set(hash: Hash, key: string, sent: Sent, set: number | undefined, own: number): void {
      const place = find(hash);
      const at = place * WORDS;
      if (words[at + LOW] === 0) count += 1;
      words[at + HIGH] = hash.high;
      words[at + LOW] = hash.low;
      words[at + NANOS] = sent.cursor.nanos;
      words[at + SET] = set ?? OBJECT;
      seconds[place] = sent.cursor.seconds;
      if (set === undefined) objects.set(key, sent);
      ownChars += own;
    },
    clear() {
      words.fill(0);
      objects.clear();
      count = 0;
      ownChars = 0;
    },
  };
}
