import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, messageOf } from "../../connector/errors.js";
import type { JsonObject } from "../../protocol/message.js";

/** What a run is about to change in a profile, or has created. */
export interface PreviousValues {
  readonly stream: string;
  readonly identifier: string;
  readonly created: boolean;
  /** The values that the changed fields hold; those that are not in it have none. */
  readonly before: JsonObject;
  readonly wrote: JsonObject;
  /** Objects that the profile does not have yet, and gets with a field inside of them. */
  readonly objects: readonly string[];
}

/** The place where it is kept what profiles held before a run changed them. */
export interface Previous {
  add(values: PreviousValues): void;
  /** Resolves when everything added is on disk. Throws ConfigError where the place does not take it. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A file in the folder for the run (mode 0600), of lines that are records without data with a member `undo`, so that
 * `write` takes them and puts back what they say.
 */
export function createPrevious({
  folder,
  now,
}: {
  readonly folder: string;
  readonly now: () => number;
}): Previous {
  let lines: string[] = [];
  let file: FileHandle | undefined;
  let tail: Promise<void> = Promise.resolve();
  const started = new Date(now()).toISOString().replace(/[:.]/g, "-");
  const name = `${started}-${randomBytes(4).toString("hex")}.jsonl`;

  const write = async (text: string): Promise<void> => {
    try {
      if (!file) {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        file = await open(join(folder, name), "a", 0o600);
      }
      await file.writeFile(text);
      await file.datasync();
    } catch (error) {
      throw new ConfigError(
        `previous values cannot be kept in "${folder}" (${messageOf(error)}): make the folder writable and free some space; the run stops before it changes what could not be put back`,
      );
    }
  };

  return {
    add({ stream, identifier, created, before, wrote, objects }) {
      const at = new Date(now());
      const undo = {
        identifier,
        at: at.toISOString(),
        ...(created ? { created } : { before, wrote, objects }),
      };
      const record = { stream, data: {}, emitted_at: at.getTime() };
      lines.push(JSON.stringify({ type: "RECORD", record, undo }));
    },
    flush() {
      if (lines.length === 0) return tail;
      const text = `${lines.join("\n")}\n`;
      lines = [];
      tail = tail.then(() => write(text));
      tail.catch(() => undefined);
      return tail;
    },
    async close() {
      await this.flush();
      await file?.close();
    },
  };
}
