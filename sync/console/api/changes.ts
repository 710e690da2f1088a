import { keptChanges, rehearseUndo } from "../../commands/undo.js";
import type { Host } from "../../host.js";
import { masked, maskedValue } from "../../inquiry/sampled-field.js";
import type { Folder } from "../../project/folder.js";
import { readSettings } from "../../project/settings.js";
import { stayingOf } from "../../report/staying.js";
import { changesOf } from "../../runs/previous.js";
import type { Run } from "../../runs/run.js";
import { Declined, orDeclined } from "../answer.js";
import { captured } from "../captured.js";
import type { Route } from "../route.js";
import { runIn } from "./runs.js";

/** Profiles on a page. */
const PAGE = 50;

/** `POST runs/12/changes` lists what a run has changed, a page at a time; `POST runs/12/undo` rehearses putting it back. */
export function changeRoutes(folder: Folder, host: Host): Route[] {
  return [
    {
      method: "POST",
      path: "/api/v1/runs/:run/changes",
      async answer(call) {
        const { number } = await runIn(folder, call);
        return { json: await changesPage(folder, number, call.body) };
      },
    },
    {
      method: "POST",
      path: "/api/v1/runs/:run/undo",
      async answer(call) {
        return { json: await rehearsed(folder, await runIn(folder, call), host, call.gone) };
      },
    },
  ];
}

/** The profiles that were changed, or with `created` those that were made. Without `show`, values are shapes. */
async function changesPage(folder: Folder, run: number, body: unknown) {
  const given = (body ?? {}) as { after?: unknown; show?: unknown; created?: unknown };
  const after = Number(given.after ?? 0);
  if (!Number.isSafeInteger(after) || after < 0)
    throw new Declined(400, { title: "There is no such place in the list.", todo: [] });
  const isShown = given.show === true;
  const shown = isShown ? (value: unknown) => value : maskedValue;
  const changes: object[] = [];
  let place = 0;
  for await (const { undo } of changesOf(await told(keptChanges(folder, run)))) {
    if (undo.created !== (given.created === true)) continue;
    place += 1;
    if (place <= after) continue;
    if (changes.length === PAGE) return { changes, next: place - 1 };
    const { identifier, before, wrote } = undo;
    changes.push({
      who: isShown ? identifier : masked(identifier),
      fields: Object.entries(wrote).map(([field, value]) => ({
        field,
        before: shown(before[field] ?? null),
        after: shown(value),
      })),
    });
  }
  return { changes };
}

/** What `undo 12 --dry-run --json` says. */
async function rehearsed(folder: Folder, run: Run, host: Host, gone: AbortSignal) {
  const listening = captured({ ...host, signal: AbortSignal.any([host.signal, gone]) });
  const files = await told(keptChanges(folder, run.number));
  const settings = await told(readSettings(folder));
  const stays = stayingOf(run, settings);
  await told(rehearseUndo({ folder, settings, run: run.number, files, stays, json: true }, listening.host));
  return listening.values()[0];
}

const told = <T>(work: Promise<T>): Promise<T> => orDeclined(work, { title: "This run cannot be undone." });
