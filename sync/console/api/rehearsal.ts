import { rehearse } from "../../commands/dry-run.js";
import { EXIT, messageOf, Unusable } from "../../errors.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { Declined } from "../answer.js";

/** Characters of a line, as a page shows them. */
const COLUMNS = 110;

/** What `sync --dry-run` says. Nothing is sent, no state is saved, no run is logged. */
export async function rehearsal(folder: Folder, host: Host): Promise<{ works: boolean; text: string }> {
  let text = "";
  const terminal: Host["terminal"] = {
    isWatched: false,
    columns: COLUMNS,
    print: (more) => {
      text += `${more}\n`;
    },
    printExact: () => undefined,
    printJson: () => undefined,
    say: () => undefined,
    rewrite: () => undefined,
  };
  try {
    const settings = await readSettings(folder);
    const start = { kind: "last" } as const;
    const exit = await rehearse(
      { folder, settings, start, limit: undefined, json: false },
      { ...host, terminal },
    );
    return { works: exit === EXIT.done, text };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Declined(422, { title: "The dry run cannot start.", todo: [messageOf(error)] });
  }
}
