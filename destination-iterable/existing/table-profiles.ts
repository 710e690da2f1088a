import type { Profile } from "../delivery/write-mode.js";
import { fieldName } from "../mapping/targets.js";
import { wordsFor } from "./exported-profile.js";
import type { KeyedHash } from "./keyed-hash.js";
import type { ProfileTable } from "./profile-table.js";

const ABSENT: Profile = { exists: false, fields: new Set() };
/** Sets of fields that are remembered: profiles of a project resemble each other. */
const REMEMBERED_SETS = 10_000;

/** Reads profiles out of tables whose masks stand for these fields. */
export function createTableProfiles(fields: readonly string[]) {
  const positions = new Map(fields.map((field, index) => [field, index]));
  const words = wordsFor(fields.length);
  const sets = new Map<string, Profile>();
  return {
    /** Undefined where one of the wanted targets is none of them. */
    of(table: ProfileTable, hash: KeyedHash, wanted: Iterable<string>): Profile | undefined {
      if (!table.has(hash)) return ABSENT;
      for (const field of wanted) if (!positions.has(fieldName(field))) return undefined;
      const mask = Array.from({ length: words }, (_, index) => table.word(hash, index) as number);
      const id = mask.join();
      let profile = sets.get(id);
      if (!profile) {
        const has = (index: number) => (((mask[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
        profile = { exists: true, fields: new Set(fields.filter((_, index) => has(index))) };
        if (sets.size >= REMEMBERED_SETS) sets.clear();
        sets.set(id, profile);
      }
      return profile;
    },
  };
}
