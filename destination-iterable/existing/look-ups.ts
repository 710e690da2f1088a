import type { Contact } from "../delivery/contact.js";
import { UNREADABLE, unlessUnreadable } from "../delivery/unreadable.js";
import type { Profile } from "../delivery/write-mode.js";
import { createRecent } from "./recent.js";

/** How many profiles a run remembers at most. The oldest are forgotten first. */
const REMEMBERED = 100_000;
/** Iterable asks for at least 60 seconds between a write and a read that depends on it (API reference, users/update). */
const VISIBILITY_MS = 60_000;
const POLL_MS = 2_000;

/** Finds out which contacts exist, and with which fields. */
export interface Lookups {
  /**
   * The contact's profile as it was before this run first wrote to it: what the run itself has sent since does not
   * count, and need not be readable yet. Concurrent calls are held to the limiter's pace.
   */
  before(contact: Contact<unknown>): Promise<Profile>;
  /** Notes that a contact was written. */
  wrote(contact: Contact<unknown>): void;
  /**
   * Resolves when the last contact that was written can be read, so that the next run sees it: false if it still
   * cannot after a minute.
   */
  settled(): Promise<boolean>;
}

export function createLookups(options: {
  /** Finds out what Iterable holds of a contact, by look-up or export. */
  readonly read: (contact: Contact<unknown>) => Promise<Profile>;
  /** Looks a contact up, there and then. */
  readonly lookUp: (contact: Contact<unknown>) => Promise<Profile>;
  /** Told of contacts that had no profile before they were written. */
  readonly onCreated: (key: string) => void;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}): Lookups {
  const known = createRecent<Profile>(REMEMBERED);
  let lastWritten: Contact<unknown> | undefined;
  const isReadable = async (contact: Contact<unknown>): Promise<boolean> => {
    const found = await unlessUnreadable(options.lookUp(contact));
    // It is written, whoever can read it.
    return found === UNREADABLE || found.exists;
  };

  return {
    async before(contact) {
      const remembered = known.get(contact.key);
      if (remembered) return remembered;
      const profile = await options.read(contact);
      known.set(contact.key, profile);
      return profile;
    },
    wrote(contact) {
      lastWritten = contact;
      if (known.get(contact.key)?.exists === false) options.onCreated(contact.key);
    },
    async settled() {
      if (!lastWritten) return true;
      const deadline = options.now() + VISIBILITY_MS;
      for (;;) {
        if (await isReadable(lastWritten)) return true;
        if (options.now() >= deadline) return false;
        await options.sleep(POLL_MS);
      }
    },
  };
}
