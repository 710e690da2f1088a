import type { JsonObject } from "../../protocol/message.js";
import type { FieldType } from "../iterable/field-types.js";
import type { Contact } from "./contact.js";
import { type Change, restoration } from "./restore.js";
import type { Decision } from "./write-mode.js";

/** A write can be read after so long (API reference of users/update). */
const VISIBILITY_MS = 60_000;
const POLL_MS = 5_000;
const NONE: readonly string[] = [];

/** What becomes of a contact that is put back, and which of its fields stay because somebody has changed them since. */
export type Undone = Decision & { readonly changed: readonly string[] };

/** Puts contacts back as they were before a run, whose changes stand in its previous values. */
export interface Undo {
  /** Takes a change in; its contact comes to `decide` next. */
  add(key: string, change: Change): void;
  /** Reads the contact's profile and decides. */
  decide(contact: Contact<unknown>): Promise<Undone>;
}

export function createUndo(options: {
  /** The fields of a contact's profile, there and then; undefined where there is none. */
  readonly read: (contact: Contact<unknown>) => Promise<JsonObject | undefined>;
  readonly types: ReadonlyMap<string, FieldType>;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}): Undo {
  const changes = new Map<string, Change>();
  return {
    add(key, change) {
      changes.set(key, change);
    },
    async decide(contact) {
      const change = changes.get(contact.key) as Change;
      for (;;) {
        const held = await options.read(contact);
        if (!held) {
          changes.delete(contact.key);
          return { keep: "absent", changed: NONE };
        }
        const { write, changed } = restoration(change, held, options.types);
        const isUntouched = Object.keys(write).length === 0 && changed.length === 0;
        // That nothing has changed may mean that what was written cannot be read yet.
        if (isUntouched && options.now() < change.at + VISIBILITY_MS) {
          await options.sleep(POLL_MS);
          continue;
        }
        changes.delete(contact.key);
        if (Object.keys(write).length > 0) return { write, changed };
        return { keep: isUntouched ? "unchanged" : "changed_since", changed };
      }
    },
  };
}
