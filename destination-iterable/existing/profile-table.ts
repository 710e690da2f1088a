import type { KeyedHash } from "./keyed-hash.js";

/**
 * Which profiles there are, in as few bytes as can be: a Map of five million strings would be half a gigabyte.
 *
 * Representation: 256 segments, chosen by the lowest byte of a hash, each a typed array of slots in open addressing with
 * linear probing. A slot is the hash (two words) and the mask (`words` words); the hash 0,0 marks an empty slot and is
 * itself stored as 0,1. A segment doubles when it is three quarters full, by itself: what is copied at a time is small.
 * Limits: nothing is ever taken out. Five million profiles with up to 32 fields take 100 MB.
 */
export interface ProfileTable {
  /** Puts a profile in, or its mask in place of the one that it had. */
  set(hash: KeyedHash, mask: readonly number[]): void;
  has(hash: KeyedHash): boolean;
  /** The word of the profile's mask; undefined where there is no such profile. */
  word(hash: KeyedHash, index: number): number | undefined;
  readonly size: number;
  /** Bytes that it takes. */
  readonly bytes: number;
  /** Every slot that is taken, as its words, in turn. The array is the table's own, and good until the next. */
  entries(): Generator<Uint32Array>;
  /** Puts an entry of another table with as many words in. */
  add(entry: Uint32Array): void;
}

const SEGMENTS = 256;
const FIRST_SLOTS = 16;
const FULL = 0.75;
const HASH_WORDS = 2;

interface Segment {
  words: Uint32Array;
  slots: number;
  used: number;
}

export function createProfileTable(words: number): ProfileTable {
  const width = HASH_WORDS + words;
  const segments = Array.from(
    { length: SEGMENTS },
    (): Segment => ({ words: new Uint32Array(FIRST_SLOTS * width), slots: FIRST_SLOTS, used: 0 }),
  );
  let size = 0;

  /** The start of the slot that has the hash, or of the empty one where it belongs. */
  const find = ({ words: table, slots }: Segment, high: number, low: number): number => {
    let slot = high & (slots - 1);
    for (;;) {
      const at = slot * width;
      if (table[at] === high && table[at + 1] === low) return at;
      if (table[at] === 0 && table[at + 1] === 0) return at;
      slot = (slot + 1) & (slots - 1);
    }
  };
  const grow = (segment: Segment): void => {
    const before = segment.words;
    segment.slots *= 2;
    segment.words = new Uint32Array(segment.slots * width);
    for (let at = 0; at < before.length; at += width) {
      const [high, low] = [before[at] as number, before[at + 1] as number];
      if (high === 0 && low === 0) continue;
      segment.words.set(before.subarray(at, at + width), find(segment, high, low));
    }
  };
  const segmentOf = (low: number) => segments[low & (SEGMENTS - 1)] as Segment;
  const locate = ({ high, low: given }: KeyedHash) => {
    const low = high === 0 && given === 0 ? 1 : given;
    const segment = segmentOf(low);
    const at = find(segment, high, low);
    return { segment, at, isTaken: segment.words[at] !== 0 || segment.words[at + 1] !== 0, high, low };
  };
  const place = (hash: KeyedHash): { segment: Segment; at: number } => {
    const found = locate(hash);
    if (found.isTaken) return found;
    if (found.segment.used >= found.segment.slots * FULL) {
      grow(found.segment);
      return place(hash);
    }
    found.segment.words[found.at] = found.high;
    found.segment.words[found.at + 1] = found.low;
    found.segment.used += 1;
    size += 1;
    return found;
  };

  return {
    set(hash, mask) {
      const { segment, at } = place(hash);
      for (let index = 0; index < words; index += 1)
        segment.words[at + HASH_WORDS + index] = mask[index] as number;
    },
    has: (hash) => locate(hash).isTaken,
    word(hash, index) {
      const { segment, at, isTaken } = locate(hash);
      return isTaken ? segment.words[at + HASH_WORDS + index] : undefined;
    },
    get size() {
      return size;
    },
    get bytes() {
      return segments.reduce((total, segment) => total + segment.words.byteLength, 0);
    },
    *entries() {
      for (const { words: table } of segments) {
        for (let at = 0; at < table.length; at += width) {
          if (table[at] !== 0 || table[at + 1] !== 0) yield table.subarray(at, at + width);
        }
      }
    },
    add(entry) {
      const { segment, at } = place({ high: entry[0] as number, low: entry[1] as number });
      segment.words.set(entry.subarray(HASH_WORDS), at + HASH_WORDS);
    },
  };
}
