import { rehearse } from "../../commands/dry-run.js";
import { EXIT } from "../../errors.js";
import type { Host } from "../../host.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { orDeclined } from "../answer.js";
import { captured } from "../captured.js";

/** What `sync --dry-run` says. Nothing is sent, no state is saved, no run is logged. */
export async function rehearsal(folder: Folder, host: Host): Promise<{ works: boolean; text: string }> {
  const { host: listening, text } = captured(host);
  const rehearsed = readSettings(folder).then((settings) =>
    rehearse({ folder, settings, start: { kind: "last" }, limit: undefined, json: false }, listening),
  );
  const exit = await orDeclined(rehearsed, { title: "The dry run cannot start." });
  return { works: exit === EXIT.done, text: text() };
}
