import { namesIn } from "../delivery/compact/packing.js";
import type { Contact } from "../delivery/contact.js";
import type { Profile } from "../delivery/write-mode.js";
import type { KeyedHash } from "./keyed-hash.js";
import { createProfileTable, type ProfileTable } from "./profile-table.js";
import { createQueue } from "./queue.js";
import type { Snapshot } from "./snapshot.js";

/** So many contacts of a run are looked up before an export may be worth its while (`auto`). */
export const LOOKED_UP_BEFORE_EXPORT = 5_000;
/** Contacts that the run has created and remembers by their hash, of 8 bytes. */
const MAX_CREATED = 5_000_000;

export type Method = "auto" | "look_up" | "export";

/** Finds out what Iterable holds of contacts, by whichever way answers first. */
export interface Existing {
  /** The profile of a contact, as it was before this run created it. */
  read(contact: Contact<unknown>): Promise<Profile>;
  /** Notes that this run has created the contact's profile, so that no export makes it look older. */
  created(key: string): void;
  /** How many contacts were answered for, and how. */
  readonly counts: { readonly looked_up: number; readonly from_export: number };
  close(): Promise<void>;
}

const NONE: readonly string[] = [];
const ABSENT: Profile = { exists: false, fields: new Set() };

export function createExisting(options: {
  readonly method: Method;
  /** Asks Iterable for one contact, within the limit. */
  readonly lookUp: (contact: Contact<unknown>) => Promise<Profile>;
  readonly concurrentLookUps: number;
  readonly hash: (key: string) => KeyedHash;
  /** Begins to export; `onReady` is called when it can be asked. */
  readonly startSnapshot: (first: Contact<unknown>, onReady: () => void) => Snapshot;
  /** Told when many contacts have had to be looked up, just before an export begins beside it. */
  readonly onMany: (asked: number) => void;
  /** Told when contacts wait for an export, and when they do not any more. */
  readonly onWait: (isWaiting: boolean) => void;
  readonly signal: AbortSignal;
}): Existing {
  const { method, hash, signal } = options;
  const counts = { looked_up: 0, from_export: 0 };
  let snapshot: Snapshot | undefined;
  let asked = 0;
  /** Kept where there may be a snapshot, in which those whom the run has created turn up as if they had been there. */
  let created: ProfileTable | undefined;
  let waiting = 0;

  const answer = (contact: Contact<unknown>): Profile | undefined => {
    const own = contact.mode === "fill_missing" ? namesIn(contact) : NONE;
    const found = snapshot?.ask(contact.key, contact.joins ? [...own, ...contact.joins.keys()] : own);
    if (found) counts.from_export += 1;
    return found;
  };
  const queue = createQueue({
    concurrent: options.concurrentLookUps,
    answer,
    async work(contact: Contact<unknown>) {
      counts.looked_up += 1;
      return options.lookUp(contact);
    },
  });
  signal.addEventListener("abort", () => queue.close(signal.reason), { once: true });
  const begin = (contact: Contact<unknown>): void => {
    snapshot ??= options.startSnapshot(contact, () => queue.answerWaiting());
  };
  const snapshotReady = async (): Promise<boolean> => {
    waiting += 1;
    if (waiting === 1) options.onWait(true);
    try {
      return (await snapshot?.ready()) ?? false;
    } finally {
      waiting -= 1;
      if (waiting === 0) options.onWait(false);
    }
  };

  return {
    async read(contact) {
      asked += 1;
      if (created?.has(hash(contact.key))) return ABSENT;
      if (method === "export") begin(contact);
      else if (method === "auto" && asked >= LOOKED_UP_BEFORE_EXPORT && !snapshot) {
        options.onMany(asked);
        begin(contact);
      }
      const known = answer(contact);
      if (known) return known;
      if (method === "export") {
        const isReady = await snapshotReady();
        signal.throwIfAborted();
        const found = isReady ? answer(contact) : undefined;
        if (found) return found;
      }
      return queue.ask(contact);
    },
    created(key) {
      if (method === "look_up") return;
      created ??= createProfileTable(0);
      if (created.size < MAX_CREATED) created.set(hash(key), NONE as readonly never[]);
    },
    counts,
    async close() {
      queue.close(new Error("the run has ended"));
      await snapshot?.close();
    },
  };
}
