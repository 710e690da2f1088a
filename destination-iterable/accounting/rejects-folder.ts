import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, messageOf } from "../../connector/errors.js";
import type { RejectsPlace } from "./rejects.js";

/** A file of a folder, mode 0600, that is made with the first rejection. */
export function inFolder(folder: string, name: string): RejectsPlace {
  let file: FileHandle | undefined;
  return {
    async write(text, isKept) {
      try {
        if (!file) {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          file = await open(join(folder, `${name}.jsonl`), "a", 0o600);
        }
        await file.writeFile(text);
        if (isKept) await file.datasync();
      } catch (error) {
        throw new ConfigError(
          `rejected contacts cannot be kept in "${folder}" (${messageOf(error)}): make the folder writable and give it space; the run stops, since they would be lost`,
        );
      }
    },
    async close() {
      await file?.close();
    },
  };
}
