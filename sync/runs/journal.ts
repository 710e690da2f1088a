import { type FileHandle, open } from "node:fs/promises";
import type { Event } from "./events.js";

/** The log of a run that is under way. */
export interface Journal {
  /** Adds a line. Resolves when it is on disk, or cannot be now; need not be waited for, since lines keep their order. */
  add(event: Event): Promise<void>;
  /** Shows that the run goes on to those who cannot look at its process. */
  beat(): void;
  /**
   * Resolves when everything is on disk; nothing may be added afterwards. Throws why something cannot be written: it is
   * kept, and may be closed again once there is room on the disk.
   */
  close(): Promise<void>;
}

/** Lets a run write on in the log that it has begun. */
export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, "a", 0o600);
  let size = (await file.stat()).size;
  let failure: { readonly error: unknown } | undefined;
  let waiting = "";
  let tail: Promise<void> = Promise.resolve();
  let isClosed = false;

  const write = async (): Promise<void> => {
    const text = waiting;
    waiting = "";
    if (text === "") return;
    try {
      size = await append(file, text, size);
      failure = undefined;
    } catch (error) {
      waiting = text + waiting;
      failure = { error };
    }
  };

  return {
    add(event) {
      waiting += `${JSON.stringify(event)}\n`;
      tail = tail.then(write);
      return tail;
    },
    beat() {
      const now = new Date();
      if (!isClosed) void file.utimes(now, now).catch(() => undefined);
    },
    async close() {
      tail = tail.then(write);
      await tail;
      if (failure) throw failure.error;
      if (!isClosed) await file.close();
      isClosed = true;
    },
  };
}

/** Writes at the end of a file that is `size` bytes long, all or nothing. Returns its new size. */
async function append(file: FileHandle, text: string, size: number): Promise<number> {
  try {
    await file.writeFile(text);
    await file.datasync();
    return size + Buffer.byteLength(text);
  } catch (error) {
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}
