import { rehearse } from "../../commands/dry-run.js";
import { EXIT, messageOf, Unusable } from "../../errors.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { Declined } from "../answer.js";
import { captured } from "../captured.js";

/** What `sync --dry-run` says. Nothing is sent, no state is saved, no run is logged. */
export async function rehearsal(folder: Folder, host: Host): Promise<{ works: boolean; text: string }> {
  const { host: listening, text } = captured(host);
  try {
    const settings = await readSettings(folder);
    const start = { kind: "last" } as const;
    const exit = await rehearse({ folder, settings, start, limit: undefined, json: false }, listening);
    return { works: exit === EXIT.done, text: text() };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new Declined(422, { title: "The dry run cannot start.", todo: [messageOf(error)] });
  }
}
