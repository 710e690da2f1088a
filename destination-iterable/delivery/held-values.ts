import type { JsonObject } from "../../protocol/message.js";
import type { KeyedHash } from "../existing/keyed-hash.js";
import { createProfileTable } from "../existing/profile-table.js";
import { createRecent } from "../existing/recent.js";
import { fieldName } from "../mapping/targets.js";
import { isEmpty } from "../mapping/text.js";
import type { Contact, Cursor, Joins } from "./contact.js";
import { heldValue } from "./same-value.js";
import type { Profile } from "./write-mode.js";

/** How many contacts' values are remembered at most. The oldest are forgotten first. */
const REMEMBERED = 100_000;
/** Contacts that the run is known to have written, of 8 bytes. Of more, everybody is read there and then. */
const MAX_WRITTEN = 5_000_000;

/** What a field of a profile has, as far as this run knows. */
export interface Known {
  /** Undefined where it is known to have one, and not which. */
  readonly value: unknown;
  /** Whether this run has written it, and for which moment. */
  readonly ours: boolean;
  readonly cursor: Cursor | undefined;
}
/** By target; those that have nothing are not in it. */
export type Values = ReadonlyMap<string, Known>;

export interface ProfileReads {
  /** A contact's profile before this run wrote to it: whether it exists, and which fields it has. */
  readonly before: (contact: Contact<unknown>) => Promise<Profile>;
  /** The fields of that profile with their values. */
  readonly held: (contact: Contact<unknown>) => Promise<JsonObject | undefined>;
  /** The same, there and then. */
  readonly readHeld: (contact: Contact<unknown>) => Promise<JsonObject | undefined>;
  readonly hash: (key: string) => KeyedHash;
}

const NOTHING: Values = new Map();

/**
 * What profiles have in the fields that values are joined with. Whether a profile exists, and has a field, is found out as
 * for the overwrite modes, by look-up or export; values are read of those profiles alone to whose lists is appended.
 */
export function createHeldValues({ before, held, readHeld, hash }: ProfileReads) {
  const remembered = createRecent<Values>(REMEMBERED);
  /** Whom this run has written is not as it was before, and an export may not know it. */
  const written = createProfileTable(0);
  const mayBeWritten = (key: string) => written.size >= MAX_WRITTEN || written.has(hash(key));

  return {
    async of(contact: Contact<unknown>, joins: Joins): Promise<Values> {
      const known = remembered.get(contact.key);
      if (known) return known;
      if (mayBeWritten(contact.key)) return valuesIn(await readHeld(contact), joins);
      const { exists, fields } = await before(contact);
      if (!exists) return NOTHING;
      const there = [...joins].filter(([target]) => fields.has(fieldName(target)));
      if (there.some(([, how]) => how === "append")) return valuesIn(await held(contact), joins);
      return new Map(there.map(([target]) => [target, { value: undefined, ours: false, cursor: undefined }]));
    },
    /** Notes what a contact's fields have now that it was written. */
    wrote(contact: Contact<unknown>, values: Values): void {
      remembered.set(contact.key, values);
      if (written.size < MAX_WRITTEN) written.set(hash(contact.key), []);
    },
  };
}

function valuesIn(held: JsonObject | undefined, joins: Joins): Values {
  const values = new Map<string, Known>();
  for (const target of joins.keys()) {
    const value = held && heldValue(held, target);
    if (!isEmpty(value)) values.set(target, { value, ours: false, cursor: undefined });
  }
  return values;
}
