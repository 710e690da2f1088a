import { open } from "node:fs/promises";
import type { Event } from "./events.js";

/** How often a run shows that it lives to those who cannot look at its process, in ms. */
export const HEARTBEAT_MS = 15_000;

/** The log of a run that is under way. */
export interface Journal {
  /** Adds a line. Resolves when it is on disk; need not be waited for, since lines keep their order. */
  add(event: Event): Promise<void>;
  /** Resolves when everything is on disk; nothing may be added afterwards. Throws what could not be written. */
  close(): Promise<void>;
}

/** Lets a run write on in the log that it has begun. */
export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, "a", 0o600);
  let failure: { readonly error: unknown } | undefined;
  let waiting = "";
  let tail: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const text = waiting;
    waiting = "";
    if (text === "") return;
    try {
      await file.writeFile(text);
      await file.datasync();
    } catch (error) {
      failure ??= { error };
    }
  };
  const heartbeat = setInterval(() => {
    const now = new Date();
    file.utimes(now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    add(event) {
      waiting += `${JSON.stringify(event)}\n`;
      tail = tail.then(write);
      return tail;
    },
    async close() {
      clearInterval(heartbeat);
      await tail;
      await file.close();
      if (failure) throw failure.error;
    },
  };
}
