import type { Inquirer } from "../../inquiry/asking.js";
import { type SourceFields, sourceFields } from "../../inquiry/both-sides.js";
import type { Folder } from "../../project/folder.js";
import type { SettingsInput } from "../../project/settings.js";

/** How long the newest contacts are kept in memory for whoever edits a mapping, in ms. */
const REMEMBERED_MS = 5 * 60_000;

interface Remembered {
  readonly of: string;
  readonly at: number;
  readonly found: Promise<SourceFields>;
}

/** What Flowcode has: its fields and its newest contacts, read once for everybody who edits the mapping. */
export interface Newest {
  /** Since when it is known, and what; a failure is asked for again. `fresh`: it is read anew. */
  of(settings: SettingsInput, fresh?: boolean): Pick<Remembered, "at" | "found">;
}

export function createNewest(folder: Folder, host: Inquirer): Newest {
  let remembered: Remembered | undefined;
  return {
    of(settings, fresh = false) {
      const of = JSON.stringify([settings.source, settings.streams]);
      const isFresh = !fresh && remembered?.of === of && host.now() - remembered.at < REMEMBERED_MS;
      if (remembered && isFresh) return remembered;
      const mine = { of, at: host.now(), found: sourceFields(settings, host, folder) };
      remembered = mine;
      mine.found.catch(() => {
        if (remembered === mine) remembered = undefined;
      });
      return mine;
    },
  };
}
